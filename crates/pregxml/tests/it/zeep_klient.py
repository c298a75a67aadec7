"""A client by zeep against the served WSDL: every operation by both ports, typed faults, refused passwords; then the same without SOAP."""

import base64
import sys
import urllib.error
import urllib.request

from lxml import etree
from zeep import Client
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken
from zeep.wsse.utils import WSU

base, password, nin, surname, born, mother, addresses = sys.argv[1:8]
NS = "urn:persontjenesten:preg:v1"
SERVICE = base + "/Personregister.XML/Personregister.svc"


def client(user, secret=password, created="2026-01-14T09:59:30.000Z", expires="2026-01-14T10:04:30.000Z"):
    made = Client(SERVICE + "?wsdl")
    stamp = WSU.Timestamp(WSU.Created(created), WSU.Expires(expires))
    made.wsse = UsernameToken(user, secret, timestamp_token=stamp)
    return made


def refused(call):
    try:
        call()
    except Fault as fault:
        return fault
    raise AssertionError("no fault")


def code(fault):
    detail = fault.detail
    found = detail.find(f".//{{{NS}}}ErrorCode")
    return found.text if found is not None else None


ports = client("journal-med").wsdl.services["Personregister"].ports
assert set(ports) == {"soap12", "soap11"}, ports
for port in ports:
    med = client("journal-med").bind("Personregister", port)
    uten = client("journal-uten").bind("Personregister", port)

    answer = med.GetPerson(NIN=nin)
    assert answer.RequestedNIN == nin and answer.Person.NIN == nin, answer
    assert answer.Person.Sn == surname and answer.Person.MothersNIN == mother, answer
    assert len(answer.Person.Addresses.Address) == int(addresses), answer
    blanked = uten.GetPerson(NIN=nin).Person
    assert blanked.Sn == surname and not blanked.MothersNIN, blanked
    assert len(blanked.Addresses.Address) == int(addresses), blanked
    assert med.GetPerson(NIN="80012345287").Person is None

    answer = med.GetAddresses(NIN=nin, CurrentOnly=True)
    assert [a.CurrentAddress for a in answer.Addresses.Address] == [True], answer
    assert len(med.GetAddresses(NIN=nin).Addresses.Address) == int(addresses)

    answer = med.SearchPersons(Sn=surname, DateOfBirth=born)
    assert nin in [p.NIN for p in answer.Persons.Person] and answer.TotalHits >= 1, answer
    assert all(len(p.Addresses.Address) <= 1 for p in answer.Persons.Person), answer

    answer = med.GetPersons(NIN=["80012345287", nin, "x"])
    results = answer if isinstance(answer, list) else answer.Result
    assert [r.Status for r in results] == ["NotFound", "Found", "InvalidNin"], answer
    assert results[1].Person.NIN == nin and results[0].Person is None, answer

    answer = med.CheckNIN(NIN="80012345287")
    assert (answer.ValidForm, answer.Kind, answer.Known) == (True, ["FH"], False), answer

    assert code(refused(lambda: med.GetPerson(NIN="1"))) == "InvalidNin"
    assert code(refused(lambda: med.SearchPersons(Sn=surname))) == "TooFewCriteria"
    for other in client("journal-med", "feil"), client("finnes-ikke"):
        fault = refused(lambda: other.bind("Personregister", port).GetPerson(NIN=nin))
        assert fault.message == "At least one security token in the message could not be validated.", fault
    late = client("journal-med", created="2026-01-14T09:00:00.000Z", expires="2026-01-14T09:05:00.000Z")
    fault = refused(lambda: late.bind("Personregister", port).GetPerson(NIN=nin))
    assert fault.message == "An error occurred when verifying security for the message.", fault
    print("PORT", port)


def plain(body, user="journal-med", secret=password, path="/xml", media="application/xml"):
    request = urllib.request.Request(SERVICE + path, data=body.encode(), method="POST")
    request.add_header("Content-Type", media)
    if user:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode())
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


schema = etree.XMLSchema(etree.fromstring(urllib.request.urlopen(SERVICE + "?xsd").read()))
ask = f'<GetPerson xmlns="{NS}"><NIN>{nin}</NIN></GetPerson>'
status, body, headers = plain(ask)
assert status == 200 and headers["Cache-Control"] == "no-store", (status, body)
assert schema.validate(etree.fromstring(body)), schema.error_log
for arguments, expected in [
    ({"secret": "feil"}, 401),
    ({"user": None}, 401),
    ({"media": "application/json"}, 415),
    ({"path": "/annet"}, 404),
]:
    status, body, headers = plain(ask, **arguments)
    assert status == expected, (arguments, status, body)
    assert ("WWW-Authenticate" in headers) == (expected == 401), arguments
    if body:
        assert schema.validate(etree.fromstring(body)), (arguments, body)
status, body, _ = plain(f'<GetPerson xmlns="{NS}"><NIN>1</NIN></GetPerson>')
assert status == 400 and b"InvalidNin" in body, (status, body)
print("FERDIG", len(ports), "porter")
