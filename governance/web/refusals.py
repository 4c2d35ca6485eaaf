"""What a domain says when it will not do a thing. Pages show it as a toast, the API as problem+json."""


class Refusal(Exception):
    """The request is understood and refused; the message says why and what to do. The API answers 422."""


class MoveRefused(Refusal):
    """The thing is not in a state from which this move is allowed. The API answers 409."""
