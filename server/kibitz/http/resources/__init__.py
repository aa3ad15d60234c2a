"""What the REST API takes and gives: the source of /openapi.json.

The bodies of `kibitz.http.NAME` are in the module NAME here. What clients send refuses unknown fields
(`asked`), so that a misspelt one is noticed; answers only ever gain fields.
"""
