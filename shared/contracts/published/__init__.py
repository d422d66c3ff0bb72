"""What is written down of the contracts: golden schemas, AsyncAPI, blocks of the READMEs, the lint of open strings."""
