"""the operator console: sessions, tries to sign in, the log of acts"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('console_acts',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('who', sa.String(length=64), nullable=False),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('about', sa.String(length=64), nullable=False),
    sa.Column('detail', sa.String(length=255), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_index('acts_by_time', 'console_acts', ['at', 'id'], unique=False)
    op.create_table('console_sessions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('who', sa.String(length=64), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('began_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_with_rowid=False
    )
    op.create_table('console_tries',
    sa.Column('who', sa.String(length=64), nullable=False),
    sa.Column('began_at', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('who'),
    sqlite_with_rowid=False
    )
