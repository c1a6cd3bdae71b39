"""finding an audience: who likes a tag, and when each follower was last seen"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_index(
        'interests_by_tag', 'interests', ['tag', 'openid', 'score', 'refused_at', 'chosen_at'], unique=False
    )
    op.add_column('followers', sa.Column('last_seen_at', sa.BigInteger(), server_default='0', nullable=False))
    op.execute(
        "update followers set last_seen_at = coalesce("
        "(select max(at) from behaviours where behaviours.openid = followers.openid), 0)"
    )
