"""A second reading of Certified Pick up: plain JSON in, nothing shared with the law but words."""
