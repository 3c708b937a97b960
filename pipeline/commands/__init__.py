"""Commands of `koonti` that are more than a few lines; `pipeline.cli` registers them."""
