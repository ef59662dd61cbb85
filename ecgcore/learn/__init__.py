"""Training sets, training, metrics and evaluation."""
