"""Views in step: canonical JSON, checksums, patches and the client's reconciliation. Pure."""
