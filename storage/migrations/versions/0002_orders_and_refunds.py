"""orders, refunds and what surrounds them"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('claim_codes',
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('code'),
    sqlite_with_rowid=False
    )
    op.create_index('claims_of_buyer', 'claim_codes', ['buyer'], unique=False)
    op.create_table('coupon_uses',
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('nth', sa.SmallInteger(), nullable=False),
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('code', 'buyer', 'nth'),
    sqlite_with_rowid=False
    )
    op.create_index('coupon_of_order', 'coupon_uses', ['order_no'], unique=False)
    op.create_table('coupons_held',
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('buyer', 'code'),
    sqlite_with_rowid=False
    )
    op.create_table('deliveries',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('owed_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('claimed_by', sa.String(length=64), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('message_id', sa.String(length=64), nullable=False),
    sa.Column('trouble', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('deliveries_due', 'deliveries', ['state', 'due_at'], unique=False)
    op.create_index('deliveries_of_buyer', 'deliveries', ['buyer'], unique=False)
    op.create_table('funnel_steps',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('step', sa.String(length=16), nullable=False),
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('scene', sa.String(length=16), nullable=False),
    sa.Column('exposure_id', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('funnel_by_time', 'funnel_steps', ['at'], unique=False)
    op.create_index('funnel_of_buyer', 'funnel_steps', ['buyer', 'slug'], unique=False)
    op.create_table('open_orders',
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('buyer', 'slug'),
    sqlite_with_rowid=False
    )
    op.create_table('orders',
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.Column('buyer', sa.String(length=64), nullable=False),
    sa.Column('payer', sa.String(length=64), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=128), nullable=False),
    sa.Column('price_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('coupon', sa.String(length=64), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('rejected', sa.Text(), nullable=False),
    sa.Column('exposure_id', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('superseded', sa.SmallInteger(), nullable=False),
    sa.Column('prepay', sa.String(length=512), nullable=False),
    sa.Column('prepay_until', sa.BigInteger(), nullable=False),
    sa.Column('asks', sa.SmallInteger(), nullable=False),
    sa.Column('ask_at', sa.BigInteger(), nullable=True),
    sa.Column('transaction_id', sa.String(length=64), nullable=False),
    sa.Column('trade_type', sa.String(length=16), nullable=False),
    sa.Column('paid_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('refund_fen', sa.BigInteger(), nullable=False),
    sa.Column('refunded_fen', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('order_no'),
    sqlite_with_rowid=False
    )
    op.create_index('orders_by_time', 'orders', ['created_at'], unique=False)
    op.create_index('orders_of_buyer', 'orders', ['buyer', 'created_at'], unique=False)
    op.create_index('orders_to_ask', 'orders', ['ask_at'], unique=False)
    op.create_table('pay_calls',
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('call', sa.String(length=16), nullable=False),
    sa.Column('good', sa.BigInteger(), nullable=False),
    sa.Column('declined', sa.BigInteger(), nullable=False),
    sa.Column('unclear', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('minute', 'call'),
    sqlite_with_rowid=False
    )
    op.create_table('payment_evidence',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('order_no', sa.String(length=64), nullable=False),
    sa.Column('heard_by', sa.String(length=16), nullable=False),
    sa.Column('wrong', sa.String(length=64), nullable=False),
    sa.Column('transaction_id', sa.String(length=64), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('resolved_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('evidence_of_order', 'payment_evidence', ['order_no'], unique=False)
    op.create_index('evidence_open', 'payment_evidence', ['resolved_at', 'wrong'], unique=False)
    op.create_table('refunds',
    sa.Column('refund_no', sa.String(length=64), nullable=False),
    sa.Column('order_no', sa.String(length=32), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=False),
    sa.Column('asked_by', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('refund_id', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('asks', sa.SmallInteger(), nullable=False),
    sa.Column('ask_at', sa.BigInteger(), nullable=True),
    sa.Column('trouble', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('refund_no'),
    sqlite_with_rowid=False
    )
    op.create_index('refunds_of_order', 'refunds', ['order_no'], unique=False)
    op.create_index('refunds_to_ask', 'refunds', ['ask_at'], unique=False)
    op.create_table('sends',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('openid', 'id'),
    sqlite_with_rowid=False
    )
