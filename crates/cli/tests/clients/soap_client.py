"""SOAP as others do it: lxml, xmlsec and zeep, all unmodified.

    soap_client.py canonical            read JSON lines {"xml", "prefixes"}, print canonical forms as JSON
    soap_client.py sign SHA PAYLOAD     print an envelope with that Body, signed by zeep and xmlsec
    soap_client.py call SHA             reserve, settle and ask for the status; every step is asserted

The key, the certificate, the endpoint and the tokens come from the environment: SOAP_KEY and
SOAP_CERTIFICATE are files in PEM, the rest is as `holdfast sandbox env` prints it.
"""

import datetime
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

import xmlsec
from lxml import etree
from zeep import ns
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU, get_security_header

FPS = "http://fps.amazonaws.com/doc/2008-09-17/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
STATUS_SECONDS_MAX = 20.0
LIFE_SECONDS = 300

ALGORITHMS = {
    "sha1": (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
    "sha256": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256),
}


def canonical():
    for line in sys.stdin:
        asked = json.loads(line)
        root = etree.fromstring(asked["xml"].encode())
        found = root.xpath("//*[local-name() = 'signed']")[0]
        form = etree.tostring(
            found,
            method="c14n",
            exclusive=True,
            with_comments=False,
            inclusive_ns_prefixes=asked["prefixes"],
        )
        print(json.dumps(form.decode()))


def signed(sha, payload):
    """An envelope with a Timestamp, signed as zeep signs."""
    envelope = etree.Element(etree.QName(SOAP, "Envelope"), nsmap={"soapenv": SOAP})
    header = etree.SubElement(envelope, etree.QName(SOAP, "Header"))
    message_id = etree.SubElement(header, etree.QName(WSA, "MessageID"), nsmap={"wsa": WSA})
    message_id.text = "urn:uuid:" + str(uuid.uuid4())
    body = etree.SubElement(envelope, etree.QName(SOAP, "Body"))
    body.append(payload)
    now = datetime.datetime.now(datetime.timezone.utc)
    end = now + datetime.timedelta(seconds=LIFE_SECONDS)
    moment = "%Y-%m-%dT%H:%M:%S.%fZ"
    get_security_header(envelope).append(
        WSU.Timestamp(WSU.Created(now.strftime(moment)), WSU.Expires(end.strftime(moment)))
    )
    method, digest = ALGORITHMS[sha]
    key, certificate = os.environ["SOAP_KEY"], os.environ["SOAP_CERTIFICATE"]
    signature = BinarySignature(key, certificate, signature_method=method, digest_method=digest)
    envelope, _ = signature.apply(envelope, {})
    assert envelope.find(".//" + str(etree.QName(ns.WSSE, "BinarySecurityToken"))) is not None
    return envelope, message_id.text


def element(name, **children):
    made = etree.Element(etree.QName(FPS, name), nsmap={None: FPS})
    add(made, children)
    return made


def add(parent, children):
    for name, value in children.items():
        child = etree.SubElement(parent, etree.QName(FPS, name))
        if isinstance(value, dict):
            add(child, value)
        else:
            child.text = value


def ask(sha, payload):
    """Sends a message; gives the document in the Body of the reply."""
    envelope, message_id = signed(sha, payload)
    request = urllib.request.Request(
        os.environ["FPS_ENDPOINT"],
        data=etree.tostring(envelope, xml_declaration=True, encoding="utf-8"),
        headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
    )
    try:
        with urllib.request.urlopen(request) as reply:
            answer = etree.fromstring(reply.read())
    except urllib.error.HTTPError as error:
        raise SystemExit(error.read().decode())
    header = answer.find(etree.QName(SOAP, "Header"))
    assert header.findtext(etree.QName(WSA, "RelatesTo")) == message_id
    action = etree.QName(payload).localname + ":Response"
    assert header.findtext(etree.QName(WSA, "Action")) == action
    return answer.find(etree.QName(SOAP, "Body"))[0]


def text_of(document, name):
    return document.findtext(".//" + str(etree.QName(FPS, name)))


def status(sha, transaction):
    asked = element("GetTransactionStatus", TransactionId=transaction)
    return text_of(ask(sha, asked), "TransactionStatus")


def wait_for(sha, transaction, wanted):
    end = time.monotonic() + STATUS_SECONDS_MAX
    while status(sha, transaction) != wanted:
        assert time.monotonic() < end, f"{transaction} never became {wanted}"
        time.sleep(0.02)


def call(sha):
    amount = {"CurrencyCode": "USD", "Value": "10.00"}
    reserved = ask(
        sha,
        element(
            "Reserve",
            SenderTokenId=os.environ["SENDER_TOKEN"],
            RecipientTokenId=os.environ["RECIPIENT_TOKEN"],
            TransactionAmount=amount,
            CallerReference=str(uuid.uuid4()),
            CallerDescription="Blue shoes & <étoiles>",
        ),
    )
    transaction = text_of(reserved, "TransactionId")
    wait_for(sha, transaction, "Reserved")
    settle = element("Settle", ReserveTransactionId=transaction, TransactionAmount=amount)
    assert text_of(ask(sha, settle), "TransactionId") == transaction
    wait_for(sha, transaction, "Success")
    print(transaction)


def main():
    story, *arguments = sys.argv[1:]
    if story == "canonical":
        canonical()
    elif story == "sign":
        sha, payload = arguments
        envelope, _ = signed(sha, etree.fromstring(payload))
        print(etree.tostring(envelope).decode())
    elif story == "call":
        call(*arguments)
    else:
        raise SystemExit(__doc__)


main()
