"""finding an audience: who likes a tag, when each follower was last seen, who began to follow, whose right ends"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_index('followers_by_subscription', 'followers', ['subscribed_at'], unique=False)
    op.create_index('entitlements_by_end', 'entitlements', ['until'], unique=False)
    op.create_index(
        'interests_by_tag', 'interests', ['tag', 'openid', 'score', 'refused_at', 'chosen_at'], unique=False
    )
    op.add_column('followers', sa.Column('last_seen_at', sa.BigInteger(), server_default='0', nullable=False))
    op.execute(
        "update followers set last_seen_at = coalesce("
        "(select max(at) from behaviours where behaviours.openid = followers.openid), 0)"
    )
