"""From documents to rows of the ledger: plain classes that the wallet uses."""
