"""boto 2.49, unmodified, against a Holdfast server.

    boto_client.py reserve|cancel|pay|replay|tokens     run a story; every step is asserted
    boto_client.py verify URL BODY                      print what VerifySignature says

The caller, its key and its tokens come from the environment, as `holdfast sandbox env` prints them.
boto.fps was never ported to Python 3: what it misses of Python 2 is put back below, outside boto.
"""

import builtins
import ctypes
import gc
import os
import sys
import time
import urllib
import urllib.parse
import uuid


def put_python_2_back():
    """`dict.has_key` and `urllib.quote`; a list from `filter` is given to the one module later."""
    methods = gc.get_referents(dict.__dict__)[0]
    methods["has_key"] = lambda self, key: key in self
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(dict))
    urllib.quote = urllib.parse.quote


put_python_2_back()

import boto  # noqa: E402
import boto.fps.connection  # noqa: E402
from boto.fps import exception  # noqa: E402

boto.fps.connection.filter = lambda keep, items: list(builtins.filter(keep, items))

STATUS_SECONDS_MAX = 20.0


def connect():
    endpoint = urllib.parse.urlparse(os.environ["FPS_ENDPOINT"])
    return boto.fps.connection.FPSConnection(
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        host=endpoint.hostname,
        port=endpoint.port,
        is_secure=endpoint.scheme == "https",
    )


def payment(amount, **more):
    return dict(
        SenderTokenId=os.environ["SENDER_TOKEN"],
        RecipientTokenId=os.environ["RECIPIENT_TOKEN"],
        TransactionAmount=amount,
        **more,
    )


def status_of(fps, transaction):
    result = fps.get_transaction_status(TransactionId=transaction).GetTransactionStatusResult
    assert result.TransactionId == transaction, result
    return result.TransactionStatus


def wait_for(fps, transaction, wanted):
    end = time.monotonic() + STATUS_SECONDS_MAX
    while True:
        status = status_of(fps, transaction)
        if status == wanted:
            return
        assert time.monotonic() < end, (transaction, status, wanted)
        time.sleep(0.02)


def reserve(fps, amount="10.00", **more):
    result = fps.reserve(**payment(amount, **more)).ReserveResult
    assert result.TransactionStatus == "Pending", result
    wait_for(fps, result.TransactionId, "Reserved")
    return result.TransactionId


def refused(error, call, **arguments):
    try:
        answer = call(**arguments)
    except error as refusal:
        assert type(refusal) is error, type(refusal)
        return refusal
    raise AssertionError("not refused: %r" % (answer,))


def story_reserve(fps):
    """Reserve, settle less than that, refund a part."""
    transaction = reserve(
        fps,
        CallerDescription="blue ~ shoes (10% off) *+&= ü",
        **{"MarketplaceFixedFee.Value": "0.50", "MarketplaceFixedFee.CurrencyCode": "USD"},
    )
    settled = fps.settle(ReserveTransactionId=transaction, TransactionAmount="8.00").SettleResult
    assert settled.TransactionId == transaction, settled
    assert settled.TransactionStatus == "Pending", settled
    wait_for(fps, transaction, "Success")
    # Another request: the same one within the same second would get the same answer again.
    refused(
        exception.InvalidTransactionState,
        fps.settle,
        ReserveTransactionId=transaction,
        TransactionAmount="7.00",
    )
    refund = fps.refund(
        TransactionId=transaction, RefundAmount="3.00", CallerReference=str(uuid.uuid4())
    ).RefundResult
    assert refund.TransactionId != transaction, refund
    wait_for(fps, refund.TransactionId, "Success")
    whole = fps.get_transaction(TransactionId=transaction).GetTransactionResult.Transaction
    assert whole.TransactionAmount.CurrencyCode == "USD", whole
    print(transaction, refund.TransactionId)


def story_cancel(fps):
    """A cancelled reservation cannot be settled."""
    transaction = reserve(fps)
    cancelled = fps.cancel(TransactionId=transaction).CancelResult
    assert cancelled.TransactionId == transaction, cancelled
    assert cancelled.TransactionStatus == "Cancelled", cancelled
    wait_for(fps, transaction, "Cancelled")
    refused(
        exception.InvalidTransactionState,
        fps.settle,
        ReserveTransactionId=transaction,
        TransactionAmount="10.00",
    )
    print(transaction)


def story_pay(fps):
    """A payment by card, and the balance, which only payments to the caller itself change."""
    result = fps.pay(**payment("12.34")).PayResult
    wait_for(fps, result.TransactionId, "Success")
    balance = fps.get_account_balance().GetAccountBalanceResult.AccountBalance
    assert balance.TotalBalance.CurrencyCode == "USD", balance
    assert 0 < balance.TotalBalance.Value, balance
    assert 0 < balance.AvailableBalances.RefundBalance.Value, balance
    print(result.TransactionId, balance.TotalBalance.Value)


def story_replay(fps):
    """One reference makes one transaction; with other parameters it is refused."""
    reference = str(uuid.uuid4())
    first = reserve(fps, CallerReference=reference)
    again = fps.reserve(**payment("10.00", CallerReference=reference)).ReserveResult
    assert again.TransactionId == first, again
    same = fps.reserve(**payment("10.000000", CallerReference=reference)).ReserveResult
    assert same.TransactionId == first, same
    refusal = refused(
        exception.DuplicateRequest, fps.reserve, **payment("11.00", CallerReference=reference)
    )
    assert "11" in refusal.error_message, refusal.error_message
    print(first)


def story_tokens(fps):
    """Finding a token, and cancelling one: it pays no more."""
    token = os.environ["SINGLE_USE_SENDER_TOKEN"]
    # boto flattens what it has no class for: the token's elements hang on the result.
    found = fps.get_token_by_caller(TokenId=token).GetTokenByCallerResult
    assert found.TokenId == token, found
    assert found.TokenStatus == "Active", found
    assert found.TokenType == "SingleUse", found
    # The tokens on the caller's own account are none: the senders' are on theirs.
    none = fps.get_tokens()
    assert none.GetTokensResult.Token == [], none
    assert none.ResponseMetadata.RequestId, none
    fps.cancel_token(TokenId=token)
    found = fps.get_token_by_caller(TokenId=token).GetTokenByCallerResult
    assert found.TokenStatus == "Inactive", found
    arguments = payment("1.00")
    arguments["SenderTokenId"] = token
    try:
        fps.reserve(**arguments)
    except exception.ResponseError as refusal:
        print(refusal.error_code)
    else:
        raise AssertionError("a cancelled token paid")


def verify(fps, url, body):
    result = fps.verify_signature(UrlEndPoint=url, HttpParameters=body).VerifySignatureResult
    print(result.VerificationStatus)


def main(command, *arguments):
    fps = connect()
    if command == "verify":
        verify(fps, *arguments)
    else:
        globals()["story_" + command](fps, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
