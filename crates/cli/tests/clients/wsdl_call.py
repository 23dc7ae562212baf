"""Reserves, settles and asks with a client that zeep makes of the served WSDL: names, order, types and
the reading of replies come from the description, the signature from zeep's own BinarySignature.

    wsdl_call.py ADDRESS    ADDRESS is that of the WSDL; the rest is as `soap_client.py` has it

Every step is asserted; the id of the transaction is printed.
"""

import datetime
import os
import sys
import time
import uuid
from decimal import Decimal

import zeep
from zeep.wsa import WsAddressingPlugin
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU, get_security_header

STATUS_SECONDS_MAX = 20.0
LIFE_SECONDS = 300
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Signature(BinarySignature):
    """Adds the Timestamp that zeep then signs with the Body. Replies are not signed."""

    def apply(self, envelope, headers):
        now = datetime.datetime.now(datetime.timezone.utc)
        end = now + datetime.timedelta(seconds=LIFE_SECONDS)
        get_security_header(envelope).append(
            WSU.Timestamp(WSU.Created(now.strftime(MOMENT)), WSU.Expires(end.strftime(MOMENT)))
        )
        return super().apply(envelope, headers)

    def verify(self, envelope):
        return envelope


def result(reply, action):
    """What was answered, whether zeep has unwrapped the reply or not."""
    return getattr(reply, action + "Result", reply)


def main():
    (address,) = sys.argv[1:]
    signature = Signature(os.environ["SOAP_KEY"], os.environ["SOAP_CERTIFICATE"])
    service = zeep.Client(address, wsse=signature, plugins=[WsAddressingPlugin()]).service

    def status(transaction):
        reply = service.GetTransactionStatus(TransactionId=transaction)
        return result(reply, "GetTransactionStatus")

    def wait_for(transaction, wanted):
        end = time.monotonic() + STATUS_SECONDS_MAX
        while (now := status(transaction)).TransactionStatus != wanted:
            assert time.monotonic() < end, f"{transaction} never became {wanted}"
            time.sleep(0.02)
        return now

    amount = {"CurrencyCode": "USD", "Value": Decimal("10.00")}
    asked = {
        "SenderTokenId": os.environ["SENDER_TOKEN"],
        "RecipientTokenId": os.environ["RECIPIENT_TOKEN"],
        "TransactionAmount": amount,
        "CallerReference": str(uuid.uuid4()),
        "CallerDescription": "Blue shoes & <étoiles>",
    }
    reserved = result(service.Reserve(**asked), "Reserve")
    transaction = reserved.TransactionId
    again = result(service.Reserve(**asked), "Reserve")
    assert again.TransactionId == transaction
    wait_for(transaction, "Reserved")
    settle = {"ReserveTransactionId": transaction, "TransactionAmount": amount}
    assert result(service.Settle(**settle), "Settle").TransactionId == transaction
    settled = wait_for(transaction, "Success")
    assert settled.CallerReference == asked["CallerReference"]
    try:
        service.Settle(ReserveTransactionId=transaction)
        raise SystemExit("what is settled was settled again")
    except zeep.exceptions.Fault as fault:
        assert "InvalidTransactionState" in fault.code, fault.code
    # The tokens on the caller's own account are none; zeep reads an empty result as None.
    none = service.GetTokens()
    assert none.GetTokensResult is None and none.ResponseMetadata.RequestId, none
    print(transaction)


main()
