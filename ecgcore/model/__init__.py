"""The method, its order-dependent peer, checkpoints and predictions."""
