"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('behaviours',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('form', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('detail', sa.String(length=255), nullable=False),
    sa.Column('taught', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('openid', 'id'),
    sqlite_with_rowid=False
    )
    op.create_table('entitlements',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('openid', 'slug'),
    sqlite_with_rowid=False
    )
    op.create_table('exposures',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('position', sa.SmallInteger(), nullable=False),
    sa.Column('policy', sa.String(length=32), nullable=False),
    sa.Column('propensity', sa.Float(precision=53), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('behaviour_id', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_table('followers',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('subscribed', sa.SmallInteger(), nullable=False),
    sa.Column('subscribed_at', sa.BigInteger(), nullable=True),
    sa.Column('unsubscribed_at', sa.BigInteger(), nullable=True),
    sa.Column('source', sa.String(length=128), nullable=False),
    sa.Column('first_seen_at', sa.BigInteger(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('openid'),
    sqlite_with_rowid=False
    )
    op.create_table('interests',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('tag', sa.String(length=64), nullable=False),
    sa.Column('score', sa.Float(precision=53), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('learned_at', sa.BigInteger(), nullable=False),
    sa.Column('cause', sa.String(length=16), nullable=False),
    sa.Column('word', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('openid', 'tag'),
    sqlite_with_rowid=False
    )
    op.create_table('job_runs',
    sa.Column('job', sa.String(length=64), nullable=False),
    sa.Column('slot', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('job', 'slot'),
    sqlite_with_rowid=False
    )
    op.create_table('leases',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name'),
    sqlite_with_rowid=False
    )
    op.create_table('long_texts',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('rest', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('openid'),
    sqlite_with_rowid=False
    )
    op.create_table('opt_outs',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('openid', 'topic'),
    sqlite_with_rowid=False
    )
    op.create_table('platform_reports',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('event', sa.String(length=64), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('replies',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_table('secrets_held',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name'),
    sqlite_with_rowid=False
    )
