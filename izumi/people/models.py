"""Tables of persons, organisations, projects, programmes, groups, dated roles, tokens and sign-in."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Organisation(models.Model):
    """An institution or a department of one (``parent``)."""

    id = models.CharField(max_length=11, primary_key=True)
    legal_name = models.JSONField(default=dict, help_text="text by language; 法人名")
    name_key = models.CharField(max_length=400, db_index=True, help_text="folded names, for finding")
    ror = models.CharField(max_length=40, blank=True, default="", help_text="https://ror.org/…")
    kind = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="departments")
    review = models.CharField(max_length=10, default="none", help_text="none or curator")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ror"], condition=~Q(ror=""), name="one_organisation_per_ror")]


class Person(AbstractBaseUser):
    """Somebody with an account; site rights come from dated roles alone."""

    id = models.CharField(max_length=11, primary_key=True)
    username = models.CharField(max_length=60, unique=True, help_text="NFKC, case-folded")
    email = models.CharField(max_length=254, blank=True, default="")
    name = models.JSONField(default=dict, help_text="text by language")
    name_key = models.CharField(max_length=400, blank=True, default="", db_index=True, help_text="folded, for finding")
    identifiers = models.JSONField(default=list, help_text="[{scheme, value}]")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="people")
    language = models.CharField(max_length=2, default="ja")
    is_active = models.BooleanField(default=True)
    session_epoch = models.IntegerField(default=0, help_text="raised to end all sessions")
    recorded_at = models.DateTimeField()

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_person_per_email"),
        ]


class Programme(models.Model):
    """A funding scheme (制度) of a funder."""

    id = models.CharField(max_length=11, primary_key=True)
    title = models.JSONField(default=dict)
    name_key = models.CharField(max_length=400, blank=True, default="", help_text="folded, for finding")
    code = models.CharField(max_length=40, blank=True, default="")
    funder = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="programmes")
    chain = models.JSONField(default=list, help_text="who must say yes to a plan, in order: institution, pm, agency; empty: its author alone")
    profile = models.CharField(max_length=40, blank=True, default="", help_text="the pack in force for its records")
    plan_form = models.CharField(max_length=40, blank=True, default="", help_text="the form its plans have")
    goal = models.JSONField(default=dict, help_text="ムーンショット目標, text by language")
    recorded_at = models.DateTimeField()


class Call(models.Model):
    """A call (公募) of a programme: one fiscal year, with what it requires."""

    id = models.CharField(max_length=11, primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="calls")
    title = models.JSONField(default=dict)
    name_key = models.CharField(max_length=400, blank=True, default="", db_index=True, help_text="folded, for finding")
    fiscal_year = models.IntegerField()
    plan_form = models.CharField(max_length=40, blank=True, default="", help_text="empty: as the programme")
    profile = models.CharField(max_length=40, blank=True, default="", help_text="empty: as the programme")
    chain = models.JSONField(null=True, help_text="null: as the programme")
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True, help_text="last day on which something new is taken")
    plan_due_on = models.DateField(null=True, help_text="last day for handing in the plan")
    recorded_at = models.DateTimeField()


class ReportingRound(models.Model):
    """A reporting round (報告) of a programme: what is asked, as of which day, due when."""

    id = models.CharField(max_length=11, primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rounds")
    title = models.JSONField(default=dict)
    scheme = models.CharField(max_length=20, help_text="the report that is asked: common, moonshot or erad")
    fiscal_year = models.IntegerField()
    as_of = models.DateField(help_text="what is known by the end of this day counts")
    due_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["programme", "due_on"], name="round_of_programme")]


class Project(models.Model):
    """A research project; its numbers are rows of their own."""

    id = models.CharField(max_length=11, primary_key=True)
    title = models.JSONField(default=dict)
    name_key = models.CharField(max_length=400, blank=True, default="", db_index=True, help_text="folded, for finding")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="projects")
    review = models.CharField(max_length=10, blank=True, default="", help_text="none, curator, or empty: as the organisation")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True, help_text="last day")
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="projects")
    profile = models.CharField(max_length=40, blank=True, default="", help_text="empty: as the call, else the programme")
    contract = models.CharField(max_length=20, blank=True, default="", help_text="委託 commission, 助成 grant, 補助 subsidy, 共同研究 joint")
    field = models.CharField(max_length=10, blank=True, default="", help_text="e-Rad research field (プロジェクトの分野)")
    countries = models.JSONField(default=list, help_text="partner countries, ISO 3166-1 alpha-2")
    no_plan_why = models.TextField(blank=True, default="", help_text="why no plan is needed; empty: one is")
    no_plan_by = models.CharField(max_length=80, blank=True, default="")
    recorded_at = models.DateTimeField()


class ProjectPartner(models.Model):
    """A partner organisation of a project (分担機関); the leading one is the project's own."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="partner_rows")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "organisation"], name="partner_once")]


class ProjectNumber(models.Model):
    """One number of a project, exactly as issued."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="numbers")
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=120)
    key = models.CharField(max_length=120, db_index=True, help_text="folded, for finding")
    from_fiscal_year = models.IntegerField(null=True)
    until_fiscal_year = models.IntegerField(null=True, help_text="last year")
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "scheme", "value"], name="one_row_per_number")]


class Group(models.Model):
    """A consortium, committee or working group; its members are dated roles."""

    id = models.CharField(max_length=11, primary_key=True)
    name = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()


class Role(models.Model):
    """What somebody is, where, from which day until which; ended or corrected rows are superseded, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20)
    scope_kind = models.CharField(max_length=10, help_text="site, org, project, programme or group")
    scope_id = models.CharField(max_length=11, blank=True, default="")
    from_day = models.DateField(null=True)
    until_day = models.DateField(null=True, help_text="last valid day")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "superseded_at"], name="role_of_person"),
            models.Index(fields=["scope_kind", "scope_id", "role"], name="role_in_scope"),
        ]


class Token(models.Model):
    """A key for programs; only its SHA-256 is stored."""

    id = models.CharField(max_length=11, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    last_four = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, help_text="domain time")
    recorded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class OneTimeLink(models.Model):
    """A link sent by mail (password reset, invitation); only its SHA-256 is stored."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    expires_at = models.DateTimeField(help_text="machine time")
    used_at = models.DateTimeField(null=True)


class LoginAttempt(models.Model):
    """An attempt to sign in or to have a link sent, for the limits; account and address are stored as keyed digests."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, default="sign_in")
    succeeded = models.BooleanField(default=False)
    at = models.DateTimeField(help_text="machine time")

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="attempt_of_account"),
            models.Index(fields=["address", "at"], name="attempt_of_address"),
        ]


class NoticeRow(models.Model):
    """Something a person should know: made from the journal, read in the site, some of it sent by mail."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True, default="")
    text = models.JSONField(default=dict)
    href = models.CharField(max_length=300, blank=True, default="", help_text="address within the site, without language")
    act = models.BooleanField(default=False, help_text="whether the person is asked to do something")
    event = models.BigIntegerField(help_text="the journal's number: the same event never tells twice")
    at = models.DateTimeField(help_text="domain time of the event")
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text="when it left by mail, or was decided not to")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event", "kind", "subject"], name="one_notice_per_event")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_of_person"),
            models.Index(fields=["mailed_at", "person"], name="notice_to_mail"),
        ]


class NoticeChoice(models.Model):
    """Where a person's wish differs from the default of a kind of notice."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=40)
    mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_choice_per_kind")]
