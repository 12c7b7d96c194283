"""What Elektro-Hurt's customers use points for: people with roles, rewards, a wish."""

from typing import NamedTuple


class Role(NamedTuple):
    """What a person may do with the points of his company."""

    customer: str
    person: str
    role: str
    limit_order: int = 0
    limit_month: int = 0


class Use(NamedTuple):
    """A reward that somebody wished for; `then` are steps of ours after it."""

    reward: str
    customer: str
    person: str
    user: str = "sales"
    quantity: int = 1
    reason: str = ""
    then: tuple = ()


ROLES = (
    Role("nowak", "boss", "administers"),
    Role("nowak", "buyer", "uses", 2000, 10000),
    Role("instal", "instal_contact", "administers"),
    Role("provolt", "provolt_contact", "administers"),
    Role("hydro", "hydro_contact", "administers"),
)

USES = (
    Use("hour", "hydro", "hydro_contact", then=("confirm", "fulfil")),
    Use("training", "provolt", "provolt_contact"),
    Use("hour", "provolt", "provolt_contact"),
    Use("fuel", "instal", "instal_contact"),
    Use("marketing", "automatyka", "", reason="Spring leaflet"),
    Use("training", "nowak", "boss", "boss", quantity=2),
    # above his limit: his boss is asked
    Use("training", "nowak", "buyer", "buyer", reason="For our new electrician"),
)


def tell(program):
    """Let people have roles and use rewards; once.

    :param program: the demo programme, with wallets, points and rewards.
    """
    wallets = {use.customer: _find_wallet(program, use.customer) for use in USES}
    for role in ROLES:
        wallets[role.customer]._grant(
            _ref(program, f"partner_{role.person}"),
            role.role,
            limit_order=role.limit_order,
            limit_month=role.limit_month,
            reason="Agreed with the company",
            by=_ref(program, "partner_sales"),
        )
    mails = program.env["mail.mail"].sudo()
    last = mails.search([], order="id desc", limit=1).id or 0
    for use in USES:
        _tell_use(program, wallets[use.customer], use)
    # a story sends nothing to anybody
    mails.search([("id", ">", last), ("state", "=", "outgoing")]).state = "cancel"


def _tell_use(program, wallet, use):
    user = _ref(program, f"user_{use.user}")
    reward = _ref(program, f"reward_{use.reward}").with_user(user).sudo()
    contact = reward.env["res.partner"]
    if use.person:
        contact = contact.browse(_ref(program, f"partner_{use.person}").id)
    redemption = reward._redeem(
        wallet.with_env(reward.env),
        contact,
        quantity=use.quantity,
        reason=use.reason,
        request_key=f"demo:{use.reward}:{use.person or use.customer}",
    )
    if "confirm" in use.then:
        redemption._confirm_alone()
    if "fulfil" in use.then:
        redemption._fulfil("By phone")


def _ref(program, name):
    return program.env.ref(f"loyalty_b2b.demo_{name}").sudo()


def _find_wallet(program, name):
    partner = _ref(program, f"partner_{name}")
    return partner._get_loyalty_b2b_wallet(program.company_id).sudo()


def is_told(program):
    """Tell whether rewards were used already, or cannot be yet."""
    uses = program.env["loyalty.b2b.redemption"].sudo()
    domain = [("program_id", "=", program.id), ("reward_id", "!=", False)]
    return program.state != "running" or bool(uses.search_count(domain, limit=1))
