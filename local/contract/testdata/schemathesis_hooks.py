"""A key of its own for each well-formed transfer: the same key with another body is refused by design."""

import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, **kwargs):
    generated = case.meta is None or case.meta.generation.mode.is_positive
    if case.operation.path == "/transfer" and generated and case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
