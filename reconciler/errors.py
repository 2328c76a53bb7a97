"""Every error a user can meet: a stable code, what it means, and the way out. ``explain CODE`` reads this registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.model import Source

# Exit codes in order of precedence: where several hold, the first wins.
PRECEDENCE = (130, 3, 8, 7, 4, 5, 6, 9, 1, 2, 0)


def worst(codes: Iterable[int]) -> int:
    """The exit code that wins among several; 0 for none."""
    held = set(codes)
    return next((code for code in PRECEDENCE if code in held), 0)


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One page of the catalogue: the code, its exit code, a short title, its meaning and the way out."""

    code: str
    exit_code: int
    title: str
    meaning: str
    way_out: str


CATALOGUE: dict[str, ErrorCode] = {}


def _page(code: str, exit_code: int, title: str, meaning: str, way_out: str) -> str:
    CATALOGUE[code] = ErrorCode(code, exit_code, title, meaning, way_out)
    return code


class ReconcilerError(Exception):
    """An error told to the user: code, message, the place where there is a file, and a hint that says the way out.

    ``snippet`` is the source line, ``span`` the number of columns the caret line covers.
    """

    def __init__(
        self, code: str, message: str, *, hint: str = "", source: Source | None = None, snippet: str = "", span: int = 1
    ) -> None:
        super().__init__(message)
        self.page = CATALOGUE[code]
        self.code = code
        self.message = message
        self.hint = hint or self.page.way_out
        self.source = source
        self.snippet = snippet
        self.span = span

    @property
    def exit_code(self) -> int:
        """The process's exit code when this is the worst that happened."""
        return self.page.exit_code


class Uncertain(ReconcilerError):
    """The outcome of a write is not known: the answer was lost, cut, late, a 5xx or not the documented one."""


class Problems(Exception):
    """Several errors found in one go, sorted by place; never empty."""

    def __init__(self, errors: Iterable[ReconcilerError]) -> None:
        self.errors = tuple(sorted(errors, key=_place))
        super().__init__(f"{len(self.errors)} problems")

    @property
    def exit_code(self) -> int:
        """The worst exit code among them."""
        return worst(error.exit_code for error in self.errors)


def _place(error: ReconcilerError) -> tuple[str, int, int, str, str]:
    source = error.source or Source("", 0, 0)
    return (source.file, source.line, source.column, error.code, error.message)


# --- 00xx general -----------------------------------------------------------------------------------------------

INTERNAL = _page(
    "RCN0001",
    1,
    "unexpected failure",
    "Something went wrong that the tool does not know. Nothing more was sent after it.",
    "Run again with -v; if it stays, report it with the debug log that the message names.",
)
INTERRUPTED = _page(
    "RCN0002",
    130,
    "interrupted",
    "The run was asked to stop. What was under way was finished and recorded.",
    "Run the same command again to go on.",
)

# --- 01xx manifests ---------------------------------------------------------------------------------------------

YAML_SYNTAX = _page(
    "RCN0101",
    3,
    "YAML that cannot be read",
    "The text is not YAML: a bracket or quote is left open, the indentation does not fit, or a character may "
    "not start a value.",
    "Correct the place that the caret shows; quote text that holds any of : # { } [ ] , & * ! | > % @ `.",
)
UNKNOWN_FIELD = _page(
    "RCN0102",
    3,
    "unknown field",
    "The file has a field that its kind does not know. Nothing is ignored in silence.",
    "Correct the spelling, or take the line out; `explain KIND` lists the fields of a kind.",
)
MISSING_FIELD = _page(
    "RCN0103",
    3,
    "missing field",
    "A field that the kind needs is not there.",
    "Add the field.",
)
WRONG_TYPE = _page(
    "RCN0104",
    3,
    "wrong type",
    "A value is of another type than its field takes, for instance text where a list is due.",
    "Write the value in the type that the message names.",
)
TEXT_DUE = _page(
    "RCN0105",
    3,
    "text due, something else found",
    "An unquoted number, true, false or null stands where text is due. Guessing would lose what was written: "
    "01234 and 1234, or 1.10 and 1.1.",
    "Put the value in quotes.",
)
NOT_A_CHOICE = _page(
    "RCN0106",
    3,
    "not one of the values",
    "The field takes one of a few values, and this is none of them.",
    "Use one of the values that the hint lists.",
)
UNFIT_VALUE = _page(
    "RCN0107",
    3,
    "value out of bounds",
    "The value has the right type, but not the form, length or range that the field takes.",
    "Change the value as the message says; `explain KIND.field` tells what the field is.",
)
UNKNOWN_API_VERSION = _page(
    "RCN0108",
    3,
    "unknown apiVersion",
    "No vendor of this version goes by this apiVersion.",
    "Correct apiVersion, for instance to optimum/v1.",
)
UNKNOWN_KIND = _page(
    "RCN0109",
    3,
    "unknown kind",
    "The apiVersion has no such kind.",
    "Correct kind, for instance to Location.",
)
KIND_NOT_SUPPORTED = _page(
    "RCN0110",
    3,
    "kind not supported yet",
    "The kind belongs to the format, but this version of the tool does not act on it yet.",
    "Take the document out, or use a version that supports the kind.",
)
READ_ONLY_FIELD = _page(
    "RCN0111",
    3,
    "field set by the vendor",
    "The field is set by the vendor and cannot be declared.",
    "Take the line out.",
)
DUPLICATE_FIELD = _page(
    "RCN0112",
    3,
    "key written twice",
    "One mapping holds the same key twice (also the same after Unicode normalisation); only one could win.",
    "Keep one of the two.",
)
KEY_NOT_TEXT = _page(
    "RCN0113",
    3,
    "key is not text",
    "A key is a number, true, false, null, a list or a mapping; keys are text.",
    "Put the key in quotes, or correct it.",
)
MERGE_KEY = _page(
    "RCN0114",
    3,
    "merge key",
    "The merge key << is not part of the format: what a manifest says must stand where it is read.",
    "Write the merged lines out.",
)
YAML_TAG = _page(
    "RCN0115",
    3,
    "tag",
    "Tags such as !!int or !env are not part of the format.",
    "Take the tag out; put the value in quotes where it is meant as text.",
)
YAML_ALIAS = _page(
    "RCN0116",
    3,
    "anchor or alias out of bounds",
    "An alias names nothing before it, contains itself, or anchors and aliases go beyond the bounds (20 anchors "
    "a document, 10,000 copied values).",
    "Write the values out.",
)
TOO_DEEP = _page(
    "RCN0117",
    3,
    "nested too deep",
    "Lists and mappings stand more than 64 deep.",
    "Flatten the document.",
)
TOO_LARGE = _page(
    "RCN0118",
    3,
    "too large",
    "A file is over 10 MB, or holds more values than any set of manifests needs.",
    "Split the file.",
)
FORBIDDEN_CHARACTER = _page(
    "RCN0119",
    3,
    "forbidden character",
    "The text holds a control, escape or text-direction character, raw or as an escape. Such characters can "
    "hide what a reviewer sees.",
    "Delete the character; it may be invisible in an editor.",
)
ENCODING = _page(
    "RCN0120",
    3,
    "not UTF-8",
    "The file is not UTF-8 text.",
    "Save the file as UTF-8.",
)
ROOT_NOT_MAPPING = _page(
    "RCN0121",
    3,
    "document is not a mapping",
    "A document is a list or a single value; a manifest is a mapping with apiVersion, kind, metadata and spec.",
    "Write one manifest a document, separated by lines of ---.",
)
EMPTY_VALUE = _page(
    "RCN0122",
    3,
    "nothing after the key",
    "A key or a dash has no value; it could mean null, an empty text or a forgotten block.",
    'Write null, "", {} or [] for what is meant, or take the line out.',
)
NOT_A_FILE = _page(
    "RCN0123",
    3,
    "not a regular file",
    "A manifest is to be read from something that is no file: a folder, a pipe, a device.",
    "Give a file; use -f - to read standard input.",
)
UNREADABLE_FILE = _page(
    "RCN0124",
    3,
    "file cannot be read",
    "A file or folder does not exist or may not be read.",
    "Check the path and its permissions.",
)
OUTSIDE_PROJECT = _page(
    "RCN0125",
    3,
    "path leaves the project",
    "A path or a link leads out of the project's folder; what is applied must be what was reviewed.",
    "Copy the file into the project, or name it with -f.",
)
NO_MANIFESTS = _page(
    "RCN0126",
    3,
    "no manifests at all",
    "Not one manifest was found. Taken at its word this would remove everything, so it is an error.",
    "Check spec.manifests of the project file and the -f options; use `destroy` to remove everything.",
)
NUMBER_TOO_LONG = _page(
    "RCN0127",
    3,
    "number too long",
    "A number has more than 40 characters.",
    "Put it in quotes if it is meant as text.",
)
NO_CONNECTION = _page(
    "RCN0130",
    3,
    "no connection for the provider",
    "The project file has no connection to this manifest's vendor.",
    "Add a connection with this provider to the project file.",
)
CONNECTION_UNDECIDED = _page(
    "RCN0131",
    3,
    "several connections, none chosen",
    "Several connections have this provider; the manifest must say which one it belongs to.",
    "Set metadata.connection.",
)
UNKNOWN_CONNECTION = _page(
    "RCN0132",
    3,
    "unknown connection",
    "metadata.connection names no connection of this provider in the project file.",
    "Correct the name, or add the connection.",
)
UNKNOWN_REFERENCE = _page(
    "RCN0133",
    3,
    "reference to nothing",
    "A reference field names a manifest that is not there.",
    "Correct the name, add the manifest, or point at a live object with {externalId: ID}.",
)
UNKNOWN_DEPENDENCY = _page(
    "RCN0134",
    3,
    "dependsOn names nothing",
    "dependsOn holds an address that no manifest has.",
    "Correct the address (provider/Kind/name), or add the manifest.",
)
DEPENDENCY_CYCLE = _page(
    "RCN0135",
    3,
    "circular dependency",
    "Manifests depend on each other in a circle, so none can be applied first.",
    "Take one of the named dependencies out.",
)
DUPLICATE_ADDRESS = _page(
    "RCN0136",
    3,
    "address declared twice",
    "Two manifests have the same kind and name.",
    "Rename or remove one of the two.",
)
DUPLICATE_KEY = _page(
    "RCN0137",
    3,
    "two manifests mean one object",
    "Two manifests of one connection have the same key, so both would claim the same live object.",
    "Change the key fields of one, or remove it.",
)
DUPLICATE_ITEM = _page(
    "RCN0138",
    3,
    "item listed twice",
    "A set holds two items that mean the same after normalising (letter case and outer spaces may not count).",
    "Remove one of the two.",
)
CLAIMED_TWICE = _page(
    "RCN0139",
    3,
    "part claimed twice",
    "A manifest declares what an entry of its owner's list declares too; each live part is claimed once.",
    "Keep either the entry of the list or the manifest of its own.",
)
CROSS_CONNECTION = _page(
    "RCN0140",
    3,
    "reference across connections",
    "A manifest refers to another one that belongs to a different connection; the vendor's ids mean nothing there.",
    "Move both to one connection.",
)
UNKNOWN_IGNORED_FIELD = _page(
    "RCN0141",
    3,
    "ignoreChanges names no field",
    "lifecycle.ignoreChanges holds a name that is no field of the kind.",
    "Correct the field's name.",
)
PREVIOUS_NAME_TAKEN = _page(
    "RCN0142",
    3,
    "previous name still in use",
    "metadata.previousNames holds the manifest's own name, one that another manifest has, or one that two "
    "manifests claim.",
    "Let one manifest follow each earlier name.",
)
REMOVAL_UNFIT = _page(
    "RCN0143",
    3,
    "removal that cannot be understood",
    "A Removal names an address of no known kind, or two Removals name the same one, or it is still declared and its "
    "lifecycle.replace does not allow to replace it either.",
    "Name one provider/Kind/name a Removal, and take the manifest out that declares it.",
)
MANIFEST_UNFIT = _page(
    "RCN0144",
    3,
    "manifest does not fit its schema",
    "The manifest does not fit the schema of its kind, and the reason has no words of its own.",
    "Compare the manifest with `explain KIND`.",
)

# --- 02xx project file ------------------------------------------------------------------------------------------

NO_PROJECT = _page(
    "RCN0201",
    3,
    "no project file",
    "No reconciler.yaml was found from the working directory up to the repository's root.",
    "Change to the project's folder, or use -C DIR or --project FILE.",
)
NOT_A_PROJECT = _page(
    "RCN0202",
    3,
    "not a project file",
    "The file is not one document with apiVersion: reconciler/v1 and kind: Project.",
    "Begin the file with apiVersion: reconciler/v1 and kind: Project.",
)
LITERAL_SECRET = _page(
    "RCN0203",
    3,
    "secret written into the file",
    "A token, a password or a client secret stands in the project file itself. The value is not shown here; "
    "take it for leaked if it was ever pushed.",
    "Refer to it: {env: NAME} or {file: PATH}.",
)
SECRET_MISSING = _page(
    "RCN0204",
    3,
    "secret not set",
    "The environment variable or file that a secret refers to is not there, or empty.",
    "Set the variable or write the file; nothing is sent without it.",
)
SECRET_UNFIT = _page(
    "RCN0205",
    3,
    "secret cannot be used",
    "A secret holds control characters or bytes that are not text, or its file is not a small regular file.",
    "Write the bare secret, in one line, without quotes.",
)
URL_UNFIT = _page(
    "RCN0206",
    3,
    "URL not allowed",
    "A URL of the project file is malformed, not https, or carries a user name, a query or a fragment. Plain "
    "http is for loopback only.",
    "Write https://HOST/PATH; credentials belong into token or oauth.",
)
HOST_NOT_ALLOWED = _page(
    "RCN0207",
    3,
    "host not allowed",
    "A URL names a host that is neither the vendor's own nor loopback. The token would go there.",
    "Use the vendor's host; list another one in the environment variable RECONCILER_ALLOWED_HOSTS, outside the "
    "repository.",
)
UNKNOWN_PROVIDER = _page(
    "RCN0208",
    3,
    "unknown provider",
    "A connection names a provider that this version does not know.",
    "Correct provider.",
)
CREDENTIALS_UNDECIDED = _page(
    "RCN0209",
    3,
    "exactly one credential is due",
    "A connection has no credential, has two, or one that its provider does not take.",
    "Give token: {env: NAME}; for enco either token or oauth.",
)
COMPANY_MISSING = _page(
    "RCN0210",
    3,
    "company missing",
    "This vendor demands the name of your company as User-Agent.",
    "Add company: NAME to the connection.",
)
UNKNOWN_ENVIRONMENT = _page(
    "RCN0211",
    3,
    "unknown environment",
    "The project file has no such environment.",
    "Correct --env, or add the environment under spec.environments.",
)
STATE_UNFIT = _page(
    "RCN0212",
    3,
    "state location cannot be understood",
    "The state is neither sqlite:///PATH nor postgresql://..., or a password stands in it.",
    "Write sqlite:///PATH, or {env: NAME} for a URL with credentials.",
)
PROVIDER_MISSING = _page(
    "RCN0213",
    3,
    "provider missing",
    "A connection does not say which vendor it is for.",
    "Add provider to the connection.",
)

# --- 03xx command line ------------------------------------------------------------------------------------------

USAGE = _page(
    "RCN0301",
    3,
    "the command line is wrong",
    "An option or argument is unknown, missing or not of the right form. Nothing was read or sent.",
    "See reconciler COMMAND --help.",
)
UNKNOWN_ADDRESS = _page(
    "RCN0302",
    3,
    "unknown address",
    "No manifest and no record has this address. Addresses are written provider/Kind/name.",
    "See the addresses with: reconciler state list",
)
UNKNOWN_CODE = _page(
    "RCN0303",
    3,
    "unknown error code",
    "The catalogue has no page with this code.",
    "Codes look like RCN0102; they stand in square brackets in error messages.",
)
OUTPUT_FAILED = _page(
    "RCN0304",
    3,
    "a file cannot be written",
    "The file named on the command line could not be written.",
    "Name a file in a folder that exists and can be written.",
)

# --- 04xx credentials -------------------------------------------------------------------------------------------

CREDENTIALS_REFUSED = _page(
    "RCN0401",
    4,
    "credentials refused",
    "The vendor answered 401: it does not accept the token of this connection.",
    "Check the environment variable or file that the connection's token refers to.",
)
USER_AGENT_REFUSED = _page(
    "RCN0402",
    4,
    "User-Agent refused",
    "The vendor answered 403 because of the User-Agent header: it wants the company name of the account.",
    "Set company of the connection in reconciler.yaml to the name of the account at the vendor.",
)
CREDENTIALS_FORBIDDEN = _page(
    "RCN0403",
    4,
    "credentials not permitted",
    "The vendor answered 403 to a read: the token is known but may not see this.",
    "Ask for a token that may read this, and check that base URL and token belong together.",
)
HEADER_UNFIT = _page(
    "RCN0404",
    4,
    "credential or header unfit to be sent",
    "A token, or the company name, holds characters that no HTTP header can carry, such as a line break.",
    "Look for a line break, quotes or invisible characters in the value; it is not shown here on purpose.",
)
TOKEN_ENDPOINT_REFUSED = _page(
    "RCN0405",
    4,
    "token endpoint refused the client",
    "The OAuth token endpoint does not accept the client id and secret of this connection.",
    "Check clientId, clientSecret and tokenUrl of the connection.",
)
CREDENTIALS_MISSING = _page(
    "RCN0406",
    4,
    "no credentials",
    "The connection has no token, and none can be fetched.",
    "Give the connection a token, or oauth where the vendor has it.",
)

# --- 05xx vendors -----------------------------------------------------------------------------------------------

VENDOR_UNAVAILABLE = _page(
    "RCN0501",
    5,
    "vendor unavailable",
    "The vendor kept answering with server errors for as long as was allowed.",
    "Try again later; --retry-seconds lets it try longer.",
)
VENDOR_UNREACHABLE = _page(
    "RCN0502",
    5,
    "vendor unreachable",
    "No connection could be made, or the answer did not come in time or was cut off.",
    "Check the network, baseUrl and proxy of the connection; timeout sets the deadline of a request.",
)
RATE_LIMITED = _page(
    "RCN0503",
    5,
    "rate limited",
    "The vendor kept answering 429 for as long as was allowed.",
    "Set requestsPerSecond of the connection to what the vendor allows, or try again later.",
)
UNREADABLE = _page(
    "RCN0504",
    5,
    "unreadable answer",
    "The vendor answered with something that is not the documented answer. Nothing is decided on its word.",
    "Check that baseUrl points at the vendor's API; if it does, the vendor's API may have changed or be in trouble.",
)
LISTING_INCOMPLETE = _page(
    "RCN0505",
    5,
    "listing does not add up",
    "The pages of a listing do not hold as many different objects as the vendor says there are, or never end.",
    "Run again when nobody changes objects at the vendor; nothing is created or deleted on the word of such a listing.",
)
REDIRECT_REFUSED = _page(
    "RCN0506",
    5,
    "redirect refused",
    "The vendor redirected to another origin, to nowhere, or too often. Tokens are never sent to another origin.",
    "Check baseUrl of the connection; if the vendor moved, change it there.",
)
BODY_TOO_LARGE = _page(
    "RCN0507",
    5,
    "answer too large",
    "The body of an answer is larger than is ever read.",
    "Check that baseUrl points at the vendor's API.",
)
READ_REFUSED = _page(
    "RCN0508",
    5,
    "read refused",
    "The vendor refused a request that only reads.",
    "The vendor's own words are in the message; check baseUrl and the version of the vendor's API.",
)
TLS_FAILED = _page(
    "RCN0509",
    5,
    "no trusted connection",
    "The vendor's certificate could not be verified.",
    "Check the address; behind a company proxy set caFile of the connection.",
)
CA_FILE_UNREADABLE = _page(
    "RCN0510",
    3,
    "certificate file unreadable",
    "The caFile of a connection cannot be read or holds no certificates.",
    "Point caFile at a PEM file with the certificates to trust.",
)
NO_SUCH_PROVIDER = _page(
    "RCN0511",
    3,
    "no such provider",
    "A connection names a provider that this version does not know.",
    "Use one of the providers that the message lists.",
)

# --- 06xx guards ------------------------------------------------------------------------------------------------

GUARD_STOPPED = _page(
    "RCN0601",
    6,
    "a guard stopped the apply",
    "The plan would do something that takes a consent of its own: many deletes at once, the loss of customers' "
    "answers, or creating again what disappeared all at once. Nothing was sent.",
    "Read what the plan would destroy; if that is meant, give the option that the message names.",
)
ALL_BLOCKED = _page(
    "RCN0602",
    6,
    "every operation is blocked",
    "The plan has operations, but none that can be done; each says what stands in its way. Nothing was sent.",
    "Settle what the plan names at each address, then plan again.",
)
NOT_APPROVED = _page(
    "RCN0603",
    6,
    "not approved",
    "Apply and destroy write only after a yes: typed at the prompt, given as a saved plan, or as --auto-approve.",
    "Review the plan, then run apply with the saved plan file or with --auto-approve.",
)
IMPACT_GREW = _page(
    "RCN0604",
    9,
    "it would destroy more than was approved",
    "Right before the write, what it destroys was counted again and had grown by more than a tenth (and more than 10), "
    "or from nothing. The write was not sent.",
    "Plan again, look at the new count, and approve that.",
)
IMPACT_UNCOUNTED = _page(
    "RCN0605",
    9,
    "what it destroys could not be counted again",
    "Right before the write, the count of what it destroys could not be read. The write was not sent.",
    "See that the vendor answers and that the token may read it, then run apply again.",
)
ARCHIVE_FAILED = _page(
    "RCN0606",
    9,
    "what would be deleted could not be archived",
    "Before an object is deleted, what can be read of it is written under .reconciler/archive in the project's folder. "
    "It could not be read, or not be written. The delete was not sent.",
    "Make room, or make the folder writable, or see that the vendor answers; then run apply again.",
)

# --- 07xx saved plans -------------------------------------------------------------------------------------------

PLAN_UNREADABLE = _page(
    "RCN0701",
    7,
    "the plan file cannot be used",
    "The file is not a plan of this version, or it was cut or edited after it was written. Nothing was sent.",
    "Make a new plan with: reconciler plan --out FILE",
)
PLAN_STALE = _page(
    "RCN0702",
    7,
    "the saved plan no longer matches",
    "What would be done now is not what was approved: manifests, selection, state or a live object changed.",
    "Review and approve a new plan: reconciler plan --out FILE",
)
PLAN_APPLIED = _page(
    "RCN0703",
    7,
    "the saved plan was already applied",
    "Every operation of this plan file was done by an earlier apply of it. A plan is an approval for one time.",
    "Make a new plan with: reconciler plan --out FILE",
)

# --- 08xx state -------------------------------------------------------------------------------------------------

STATE_LOCKED = _page(
    "RCN0801",
    8,
    "the state is locked by another run",
    "One run writes at a time. Another one holds the state; the message names it.",
    "Wait until it has ended. If it hangs, stop it; a holder that died gives the lock back by itself.",
)
STATE_OTHER_PROJECT = _page(
    "RCN0802",
    3,
    "the state belongs to another project",
    "A state is bound to the project that made it; using another's would delete what it owns.",
    "Check spec.state and metadata.name in the project file.",
)
STATE_OTHER_ENVIRONMENT = _page(
    "RCN0803",
    3,
    "the state belongs to another environment",
    "A state is bound to one environment of the project.",
    "Check --env, and spec.environments.<name>.state in the project file.",
)
STATE_OTHER_ORIGIN = _page(
    "RCN0804",
    3,
    "a connection points at another server than the state recorded",
    "The state's ids are those of the server it was made with; on another server they mean other objects.",
    "Restore the connection's baseUrl, or use another state for the other server.",
)
STATE_NEWER = _page(
    "RCN0805",
    1,
    "the state was written by a newer version",
    "This version cannot know what a later one keeps there, so it neither reads nor writes it.",
    "Upgrade reconciler to the version that wrote the state.",
)
STATE_CORRUPT = _page(
    "RCN0806",
    1,
    "the state is damaged",
    "The file is not a state of this tool, is empty or cut, or contradicts itself. It is left as it is.",
    "Restore it from a backup. Do not delete it to go on: without it the tool forgets what it owns.",
)
STATE_UNREADABLE = _page(
    "RCN0807",
    1,
    "the state cannot be read",
    "The file or its folder cannot be opened.",
    "Check the path in spec.state and the permissions of the file and its folder.",
)
STATE_READ_ONLY = _page(
    "RCN0808",
    1,
    "the state cannot be written",
    "The file or its folder is read-only. Nothing is sent to a vendor that could not be recorded.",
    "Make the file and its folder writable for this user.",
)
STATE_DISK_FULL = _page(
    "RCN0809",
    1,
    "no room to write the state",
    "The disk is full. Nothing more is sent to a vendor, since it could not be recorded.",
    "Free some space, then run apply again; it goes on where it stopped.",
)
STATE_EPHEMERAL = _page(
    "RCN0810",
    6,
    "a new SQLite state on a CI runner",
    "CI is set and there is no state yet. On a runner that is thrown away, the file would be lost with all it knows.",
    "Keep the state where it survives the runner (spec.state), or pass --allow-ephemeral-state.",
)
STATE_URL = _page(
    "RCN0811",
    3,
    "not a place for a state",
    "spec.state takes sqlite:///PATH (four slashes for an absolute path) or postgresql://....",
    "Write spec.state as sqlite:///.reconciler/state.db.",
)
STATE_STORE_MISSING = _page(
    "RCN0812",
    3,
    "this store is not supported",
    "The state is kept in SQLite in this version; a store on PostgreSQL comes with a later one.",
    "Use sqlite:///.reconciler/state.db.",
)
STATE_LOCK_LOST = _page(
    "RCN0813",
    130,
    "the lock on the state was lost",
    "Another run took the lock over, so this one stopped before its next write to a vendor.",
    "See who holds the state now; then run apply again to go on.",
)
STATE_BUSY = _page(
    "RCN0814",
    8,
    "the state is busy",
    "Another program holds the database for longer than this run waits.",
    "Close what has the file open (a backup, a database browser), then run again.",
)

# --- 09xx apply -------------------------------------------------------------------------------------------------

WRITE_REFUSED = _page(
    "RCN0930",
    9,
    "write refused",
    "The vendor refused the write; nothing was changed.",
    "The vendor's own words are in the message.",
)
WRITE_INVALID = _page(
    "RCN0931",
    9,
    "write refused: invalid",
    "The vendor does not accept these values; nothing was changed.",
    "Correct the fields that the message names and apply again.",
)
WRITE_FORBIDDEN = _page(
    "RCN0932",
    9,
    "write refused: forbidden",
    "The vendor answered 403: the token may not do this, or a parameter is not permitted. Nothing was changed.",
    "Check what the token may do and the fields that were sent.",
)
WRITE_NOT_FOUND = _page(
    "RCN0933",
    9,
    "write refused: not found",
    "The object to be written does not exist at the vendor; nothing was changed.",
    "Plan again: the object was removed since the plan.",
)
WRITE_UNPAID = _page(
    "RCN0934",
    9,
    "write refused: request failed",
    "The vendor answered 402: the values are valid but it did not carry the request out. Nothing was changed.",
    "Check limits and billing of the account at the vendor.",
)
WRITE_CONFLICT = _page(
    "RCN0935",
    9,
    "write refused: conflict",
    "The vendor answered 409: the write collides with something that exists. Nothing was changed.",
    "Plan again; the object may have been created by somebody else.",
)
OUTCOME_UNKNOWN = _page(
    "RCN0940",
    9,
    "outcome unknown",
    "The answer to a write was lost, cut, late, a server error or undocumented: it may have been carried out.",
    "Run apply again: it reads back before it sends anything.",
)

OPERATION_FAILED = _page(
    "RCN0901",
    9,
    "an operation failed",
    "The write was not made. Everything that does not depend on it went on.",
    "Settle the reason in the message, then run apply again.",
)
LEFT_OPEN = _page(
    "RCN0902",
    9,
    "the outcome of a write is not known",
    "The answer was lost, late, cut or not the documented one. The write may have been made; it is not sent again.",
    "Run apply again: it reads back what became of it first.",
)
SKIPPED = _page(
    "RCN0903",
    9,
    "skipped",
    "What it depends on failed, is blocked or was skipped itself, so it was not tried.",
    "Settle the address that the message names, then run apply again.",
)
STALE = _page(
    "RCN0904",
    9,
    "the live object changed since the plan",
    "Read again right before the write, it was not what the plan rests on. Nothing was sent.",
    "Run plan again and look at what moved.",
)
NOT_PERSISTED = _page(
    "RCN0905",
    9,
    "the vendor took the update and did not keep it",
    "The update was answered with success, but read back, the object does not have the values that were sent.",
    "Ask the vendor about these fields, or take them out of the manifest.",
)
NOT_STARTED = _page(
    "RCN0906",
    130,
    "not started",
    "The run was asked to stop before this operation began.",
    "Run apply again to go on.",
)
NOT_RECORDED = _page(
    "RCN0907",
    9,
    "written, but not recorded",
    "The vendor confirmed the write, and the state could not be written afterwards. Its intent is in the journal.",
    "Settle the trouble with the state, then run apply again: it reads back what was written.",
)
OUTCOME_UNSETTLED = _page(
    "RCN0908",
    9,
    "an earlier write could not be settled",
    "Reading back does not tell what became of an earlier write, so this address is left alone.",
    "Look at the live objects, then say it: reconciler resolve ADDRESS --adopt ID, or --not-created.",
)
NOTHING_OPEN = _page(
    "RCN0909",
    3,
    "nothing to resolve",
    "The journal holds no write of this address that is open in the way the command says.",
    "reconciler plan lists the addresses with an open write.",
)
NOT_ADOPTABLE = _page(
    "RCN0910",
    3,
    "this object cannot be adopted",
    "The live object does not exist, or another address holds it.",
    "Give the id of a live object of this kind that nothing else holds.",
)
