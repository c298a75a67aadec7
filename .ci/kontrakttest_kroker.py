"""What schemathesis is told on the way: now and then a value that exists is put in the place of one that was made up."""

import json
import os
import zlib

import schemathesis

KJENTE = json.loads(os.environ["KONTRAKTTEST_KJENTE"])
STEDER = {
    "personidentifikator": "person",
    "foedselsEllerDNummer": "person",
    "hendelsesidentifikator": "hendelsesdokument",
    "dokumentidentifikator": "persondokument",
}


def bytt(navn, verdi):
    """A value that exists, for two of three: by the value itself, so that a seed gives the same run again."""
    mulige = KJENTE.get(STEDER.get(navn, ""), [])
    sum_ = zlib.crc32(json.dumps(verdi, sort_keys=True, default=str).encode())
    if not mulige or sum_ % 3 == 0:
        return verdi
    return mulige[sum_ % len(mulige)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters:
        return {navn: bytt(navn, verdi) for navn, verdi in path_parameters.items()}
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    if not query:
        return query
    query = dict(query)
    part = query.get("part")
    if isinstance(part, list) and zlib.crc32(repr(part).encode()) % 3:
        query["part"] = KJENTE["part"][: 1 + len(part) % 4]
    return query


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict):
        return body
    arkiv = "hendelser" not in context.operation.path
    ut = {}
    for navn, verdi in body.items():
        if navn in STEDER and isinstance(verdi, list):
            felt = "hendelsesidentifikator" if navn == "dokumentidentifikator" and not arkiv else navn
            verdi = [bytt(felt, v) for v in verdi]
        ut[navn] = verdi
    return ut
