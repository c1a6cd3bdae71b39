"""campaigns: runs, deliveries, consents, mass sends, changed shares"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    op.create_table('campaign_deliveries',
    sa.Column('run_id', sa.String(length=96), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('why', sa.String(length=64), nullable=False),
    sa.Column('variant', sa.String(length=32), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('exposure_id', sa.String(length=64), nullable=False),
    sa.Column('planned_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('run_id', 'openid'),
    sqlite_with_rowid=False
    )
    op.create_index('campaign_deliveries_due', 'campaign_deliveries', ['run_id', 'state', 'due_at'], unique=False)
    op.create_index('campaign_deliveries_of', 'campaign_deliveries', ['openid', 'state'], unique=False)
    op.create_table('campaign_runs',
    sa.Column('id', sa.String(length=96), nullable=False),
    sa.Column('campaign', sa.String(length=64), nullable=False),
    sa.Column('slot', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('before_pause', sa.String(length=16), nullable=False),
    sa.Column('snapshot', sa.Text(), nullable=False),
    sa.Column('launched_by', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('planned_to', sa.String(length=64), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=False),
    sa.Column('claimed_until', sa.BigInteger(), nullable=False),
    sa.Column('launched_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('trouble', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('campaign_runs_by_state', 'campaign_runs', ['state'], unique=False)
    op.create_index('campaign_runs_of', 'campaign_runs', ['campaign', 'slot'], unique=False)
    op.create_table('consents',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('template_id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('answer', sa.String(length=8), nullable=False),
    sa.Column('scene', sa.String(length=16), nullable=False),
    sa.Column('spent_on', sa.String(length=160), nullable=False),
    sa.Column('spent_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('consents_of', 'consents', ['openid', 'template_id'], unique=False)
    op.create_table('mass_jobs',
    sa.Column('client_id', sa.String(length=64), nullable=False),
    sa.Column('run_id', sa.String(length=96), nullable=False),
    sa.Column('variant', sa.String(length=32), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('exposure_id', sa.String(length=64), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('people', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('submitted_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('client_id'),
    sqlite_with_rowid=False
    )
    op.create_index('platform_reports_of', 'platform_reports', ['event', 'at'], unique=False)
    op.create_index('mass_jobs_by_message', 'mass_jobs', ['message_id'], unique=False)
    op.create_index('mass_jobs_due', 'mass_jobs', ['state', 'due_at'], unique=False)
    op.create_index('mass_jobs_of', 'mass_jobs', ['run_id'], unique=False)
    op.create_table('send_seconds',
    sa.Column('second', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('second'),
    sqlite_with_rowid=False
    )
    op.create_table('share_changes',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('campaign', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('changed_by', sa.String(length=64), nullable=False),
    sa.Column('undone_by', sa.String(length=64), nullable=False),
    sa.Column('undone_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('share_changes_of', 'share_changes', ['campaign', 'at'], unique=False)
    op.add_column('sends', sa.Column('purpose', sa.String(length=16), server_default='service', nullable=False))
