"""what campaigns brought, as counted when the last of their people had been followed"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    counts = (
        'measured_at', 'begin', 'until', 'people', 'people_held', 'opened', 'opened_held', 'bought', 'bought_held',
        'fen', 'fen_held', 'squares', 'left', 'left_held',
    )  # fmt: skip
    op.create_table('campaign_measures',
    sa.Column('campaign', sa.String(length=64), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counts),
    sa.PrimaryKeyConstraint('campaign'),
    sqlite_with_rowid=False
    )
