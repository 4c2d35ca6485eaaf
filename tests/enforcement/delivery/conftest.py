"""A marketplace that listens, and endpoints that lead to it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from enforcement.domain import deliveries, fan_out, webhooks
from enforcement.models import Decision, WebhookEndpoint
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.cli.drills._receiver import Receiver
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.factories import cases
from tests.factories.cases import NOON


@pytest.fixture(autouse=True)
def private_network(settings: LazySettings) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = True
    settings.WEBHOOK_TIMEOUT = 5


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def admin(db: None) -> User:
    return cases.person("ada", Role.ADMINISTRATOR)


@pytest.fixture
def endpoint(admin: User, receiver: Receiver) -> WebhookEndpoint:
    return webhooks.create(name="Shop", url=receiver.url, types=[], actor=admin, at=NOON)[0]


@pytest.fixture
def decide(ground: Ground) -> Callable[..., Decision]:
    """A listing of its own, removed."""

    def decide(title: str = "Ball", **more: object) -> Decision:
        return ground.issue([ground.violation(ground.listing(title))], Measure.REMOVE, **more)  # type: ignore[arg-type]

    return decide


@pytest.fixture
def flow() -> Callable[[WebhookEndpoint, datetime], int]:
    """Spread what is committed, and send in rounds until nothing more goes out; how many rounds it took."""

    def flow(endpoint: WebhookEndpoint, at: datetime = NOON + timedelta(minutes=1)) -> int:
        fan_out.spread(at=at)
        rounds = 1
        while deliveries.run(endpoint_id=endpoint.pk, clock=lambda: at):
            rounds += 1
        return rounds

    return flow
