"""engagements, unanswered questions, what the followers teach about the items"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('engagements',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('strength', sa.Float(precision=53), nullable=False),
    sa.Column('first_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=True),
    sa.Column('percent', sa.SmallInteger(), nullable=False),
    sa.Column('seconds', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('bought_at', sa.BigInteger(), nullable=True),
    sa.Column('paid_fen', sa.BigInteger(), nullable=False),
    sa.Column('returned_at', sa.BigInteger(), nullable=True),
    sa.Column('liked', sa.SmallInteger(), nullable=False),
    sa.Column('shared', sa.SmallInteger(), nullable=False),
    sa.Column('stars', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('openid', 'slug'),
    sqlite_with_rowid=False
    )
    op.create_index('engagements_by_time', 'engagements', ['changed_at'], unique=False)
    op.create_index('engagements_of_item', 'engagements', ['slug'], unique=False)
    op.create_table('unanswered',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('unanswered_by_time', 'unanswered', ['at'], unique=False)
    op.create_index('unanswered_of', 'unanswered', ['openid'], unique=False)
    op.create_table('item_figures',
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('exposed', sa.BigInteger(), nullable=False),
    sa.Column('opened', sa.BigInteger(), nullable=False),
    sa.Column('read', sa.BigInteger(), nullable=False),
    sa.Column('finished', sa.BigInteger(), nullable=False),
    sa.Column('liked', sa.BigInteger(), nullable=False),
    sa.Column('stars_sum', sa.BigInteger(), nullable=False),
    sa.Column('stars_count', sa.BigInteger(), nullable=False),
    sa.Column('bought', sa.BigInteger(), nullable=False),
    sa.Column('returned', sa.BigInteger(), nullable=False),
    sa.Column('counted_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('slug'),
    sqlite_with_rowid=False
    )
    op.create_table('neighbours',
    sa.Column('slug', sa.String(length=128), nullable=False),
    sa.Column('others', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('slug'),
    sqlite_with_rowid=False
    )
    op.create_table('source_tastes',
    sa.Column('source', sa.String(length=128), nullable=False),
    sa.Column('tag', sa.String(length=64), nullable=False),
    sa.Column('weight', sa.Float(precision=53), nullable=False),
    sa.Column('followers', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('source', 'tag'),
    sqlite_with_rowid=False
    )
    op.create_table('watermarks',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name'),
    sqlite_with_rowid=False
    )
    op.add_column('exposures', sa.Column('opened_at', sa.BigInteger(), nullable=True))
    op.add_column('exposures', sa.Column('terms', sa.String(length=255), nullable=False, server_default=''))
    op.create_index('exposures_by_time', 'exposures', ['at'], unique=False)
    op.add_column('followers', sa.Column('asked_at', sa.BigInteger(), nullable=True))
    for name in ('refused_at', 'chosen_at'):
        op.add_column('interests', sa.Column(name, sa.BigInteger(), nullable=False, server_default='0'))
    op.execute('UPDATE interests SET refused_at = learned_at, score = 0 WHERE score < 0')
    op.execute(
        "UPDATE exposures SET opened_at = (SELECT MIN(b.at) FROM behaviours b WHERE b.openid = exposures.openid"
        " AND b.kind = 'click' AND b.detail = exposures.id)"
    )
