"""Opens a conversation over HTTP, calls in it, renews it, shows a password beside it, ends it, and calls once more.

Arguments: the address, a user, a password, the time of the service, and the body of a lookup. The envelopes are those of the client of
`preg`'s own tests.
"""

import datetime
import importlib.util
import os
import pathlib
import sys
import urllib.error
import urllib.request

from lxml import etree

HERE = pathlib.Path(__file__).resolve()
SOURCE = HERE.parents[3] / "preg/tests/it/samtale_klient.py"
spec = importlib.util.spec_from_file_location("samtale_klient", SOURCE)
wire = importlib.util.module_from_spec(spec)
spec.loader.exec_module(wire)

ADDRESS, USER, PASSWORD, NOW, BODY = sys.argv[1:]
wire.NOW = datetime.datetime.strptime(NOW, "%Y-%m-%dT%H:%M:%SZ")
ACTION = "http://tempuri.org/IPersonRegistry/GetDemographics"


def post(envelope):
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    request = urllib.request.Request(ADDRESS, envelope.encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.read().decode()


def name(element):
    return etree.QName(element).localname


def is_fault(answer):
    return b":Fault" in answer.encode()


def walk(edition):
    print(edition)
    one = wire.Conversation(edition, USER, PASSWORD)
    entropy = os.urandom(32)
    answer = post(one.envelope(one.action(), one.rst("Issue", entropy), user=True))
    if is_fault(answer):
        print("not opened")
        return
    key = one.issued(answer, entropy)
    print("called", name(one.check(post(one.envelope(ACTION, BODY, signed=key)))))
    entropy = os.urandom(32)
    renewal = one.envelope(one.action("/Renew"), one.rst("Renew", entropy, key), user=True, signed=key)
    new = one.issued(post(renewal), entropy)
    print("renewed")
    print("called", name(one.check(post(one.envelope(ACTION, BODY, signed=new, derived={})))))
    print("password", name(one.check(post(one.envelope(ACTION, BODY, user=True)))))
    cancel = one.envelope(one.action("/Cancel"), one.rst("Cancel", target=new), signed=new)
    one.check(post(cancel), "RSTR/SCT/Cancel")
    print("cancelled")
    refused = post(one.envelope(ACTION, BODY, signed=new))
    wire.fault(refused, "BadContextToken")
    print("refused BadContextToken")


for edition in wire.EDITIONS:
    walk(edition)
