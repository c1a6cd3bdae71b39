"""Whatever happens in whatever order, money that came and did not go back is access, and access is money that came."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from random_trade import RandomTrade
from trade_in_process import TradeFair

SEQUENCES, STEPS = 20, 20


def test_money_received_less_money_returned_is_the_value_of_what_is_given(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    RandomTrade.fair = TradeFair(tmp_path_factory.mktemp("fair"))
    few = settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
    run_state_machine_as_test(RandomTrade, settings=few)
