"""The numbers of docs/benchmarks.md, measured side by side in one run."""
