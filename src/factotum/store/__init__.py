"""Django models and what fulfils the inner parts' protocols on them."""
