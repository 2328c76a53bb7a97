"""Every error a user can meet: a stable code, its exit code, a title, the way out; the long texts are in errors.md."""

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
    """One entry of the catalogue: the code, its exit code, a short title, and the way out, which is the default hint.

    What it means, with an example, stands in ``errors.md`` beside this file, which ``explain`` alone reads.
    """

    code: str
    exit_code: int
    title: str
    way_out: str


CATALOGUE: dict[str, ErrorCode] = {}


def _code(code: str, exit_code: int, title: str, way_out: str) -> str:
    CATALOGUE[code] = ErrorCode(code, exit_code, title, way_out)
    return code


class ReconcilerError(Exception):
    """An error told to the user: code, message, the place where there is a file, and a hint that says the way out.

    ``snippet`` is the source line, ``span`` the number of columns the caret line covers.
    """

    def __init__(
        self, code: str, message: str, *, hint: str = "", source: Source | None = None, snippet: str = "", span: int = 1
    ) -> None:
        super().__init__(message)
        self.entry = CATALOGUE[code]
        self.code = code
        self.message = message
        self.hint = hint or self.entry.way_out
        self.source = source
        self.snippet = snippet
        self.span = span

    @property
    def exit_code(self) -> int:
        """The process's exit code when this is the worst that happened."""
        return self.entry.exit_code


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


# fmt: off
# A code is two lines here, and a page in errors.md: what it means and an example.

# --- 00xx general -----------------------------------------------------------------------------------------------

INTERNAL = _code("RCN0001", 1, "unexpected failure",
    "Run again with -v; if it stays, report it with the debug log that the message names.")
INTERRUPTED = _code("RCN0002", 130, "interrupted",
    "Run the same command again to go on.")

# --- 01xx manifests ---------------------------------------------------------------------------------------------

YAML_SYNTAX = _code("RCN0101", 3, "YAML that cannot be read",
    "Correct the place that the caret shows; quote text that holds any of : # { } [ ] , & * ! | > % @ `.")
UNKNOWN_FIELD = _code("RCN0102", 3, "unknown field",
    "Correct the spelling, or take the line out; `explain KIND` lists the fields of a kind.")
MISSING_FIELD = _code("RCN0103", 3, "missing field",
    "Add the field.")
WRONG_TYPE = _code("RCN0104", 3, "wrong type",
    "Write the value in the type that the message names.")
TEXT_DUE = _code("RCN0105", 3, "text due, something else found",
    "Put the value in quotes.")
NOT_A_CHOICE = _code("RCN0106", 3, "not one of the values",
    "Use one of the values that the hint lists.")
UNFIT_VALUE = _code("RCN0107", 3, "value out of bounds",
    "Change the value as the message says; `explain KIND.field` tells what the field is.")
UNKNOWN_API_VERSION = _code("RCN0108", 3, "unknown apiVersion",
    "Correct apiVersion, for instance to optimum/v1.")
UNKNOWN_KIND = _code("RCN0109", 3, "unknown kind",
    "Correct kind, for instance to Location.")
READ_ONLY_FIELD = _code("RCN0111", 3, "field set by the vendor",
    "Take the line out.")
DUPLICATE_FIELD = _code("RCN0112", 3, "key written twice",
    "Keep one of the two.")
KEY_NOT_TEXT = _code("RCN0113", 3, "key is not text",
    "Put the key in quotes, or correct it.")
MERGE_KEY = _code("RCN0114", 3, "merge key",
    "Write the merged lines out.")
YAML_TAG = _code("RCN0115", 3, "tag",
    "Take the tag out; put the value in quotes where it is meant as text.")
YAML_ALIAS = _code("RCN0116", 3, "anchor or alias out of bounds",
    "Write the values out.")
TOO_DEEP = _code("RCN0117", 3, "nested too deep",
    "Flatten the document.")
TOO_LARGE = _code("RCN0118", 3, "too large",
    "Split the file.")
FORBIDDEN_CHARACTER = _code("RCN0119", 3, "forbidden character",
    "Delete the character; it may be invisible in an editor.")
ENCODING = _code("RCN0120", 3, "not UTF-8",
    "Save the file as UTF-8.")
ROOT_NOT_MAPPING = _code("RCN0121", 3, "document is not a mapping",
    "Write one manifest a document, separated by lines of ---.")
EMPTY_VALUE = _code("RCN0122", 3, "nothing after the key",
    'Write null, "", {} or [] for what is meant, or take the line out.')
NOT_A_FILE = _code("RCN0123", 3, "not a regular file",
    "Give a file; use -f - to read standard input.")
UNREADABLE_FILE = _code("RCN0124", 3, "file cannot be read",
    "Check the path and its permissions.")
OUTSIDE_PROJECT = _code("RCN0125", 3, "path leaves the project",
    "Copy the file into the project, or name it with -f.")
NO_MANIFESTS = _code("RCN0126", 3, "no manifests at all",
    "Check spec.manifests of the project file and the -f options; `import` writes manifests for what is live, "
    "`destroy` removes everything.")
NUMBER_TOO_LONG = _code("RCN0127", 3, "number too long",
    "Put it in quotes if it is meant as text.")
NO_CONNECTION = _code("RCN0130", 3, "no connection for the provider",
    "Add a connection with this provider to the project file.")
CONNECTION_UNDECIDED = _code("RCN0131", 3, "several connections, none chosen",
    "Set metadata.connection.")
UNKNOWN_CONNECTION = _code("RCN0132", 3, "unknown connection",
    "Correct the name, or add the connection.")
UNKNOWN_REFERENCE = _code("RCN0133", 3, "reference to nothing",
    "Correct the name, add the manifest, or point at a live object with {externalId: ID}.")
UNKNOWN_DEPENDENCY = _code("RCN0134", 3, "dependsOn names nothing",
    "Correct the address (provider/Kind/name), or add the manifest.")
DEPENDENCY_CYCLE = _code("RCN0135", 3, "circular dependency",
    "Take one of the named dependencies out.")
DUPLICATE_ADDRESS = _code("RCN0136", 3, "address declared twice",
    "Rename or remove one of the two.")
DUPLICATE_KEY = _code("RCN0137", 3, "two manifests mean one object",
    "Change the key fields of one, or remove it.")
DUPLICATE_ITEM = _code("RCN0138", 3, "item listed twice",
    "Remove one of the two.")
CLAIMED_TWICE = _code("RCN0139", 3, "part claimed twice",
    "Keep either the entry of the list or the manifest of its own.")
CROSS_CONNECTION = _code("RCN0140", 3, "reference across connections",
    "Move both to one connection.")
UNKNOWN_IGNORED_FIELD = _code("RCN0141", 3, "ignoreChanges names no field",
    "Correct the field's name.")
PREVIOUS_NAME_TAKEN = _code("RCN0142", 3, "previous name still in use",
    "Let one manifest follow each earlier name.")
REMOVAL_UNFIT = _code("RCN0143", 3, "removal that cannot be understood",
    "Name one provider/Kind/name a Removal, and take the manifest out that declares it.")
MANIFEST_UNFIT = _code("RCN0144", 3, "manifest does not fit its schema",
    "Compare the manifest with `explain KIND`.")
MORE_PROBLEMS = _code("RCN0145", 3, "more problems than are told",
    "Mend the problems that are told, and run again.")
VALUE_UNKNOWN = _code("RCN0150", 3, "unknown value",
    "Correct the name, or add the value under spec.values or spec.environments.<name>.values of the project file.")
PLACEHOLDER_UNFIT = _code("RCN0151", 3, "placeholder that cannot be understood",
    "Write ${value.NAME}; where the text itself is meant, double the sign: $${.")
PLACEHOLDER_MISPLACED = _code("RCN0152", 3, "placeholder where none is filled in",
    "Write it out: values go into texts of metadata, lifecycle and spec, not into keys, apiVersion or kind.")
VALUE_NOT_TEXT = _code("RCN0153", 3, "null in the middle of a text",
    "Give the value a text, or let the placeholder be the whole text.")
COLUMN_UNKNOWN = _code("RCN0160", 3, "placeholder for a column that is not there",
    "Correct the placeholder, or add the column to the rows.")
CSV_HEADER = _code("RCN0161", 3, "header line that cannot be used",
    "Begin the file with one line of names, each column its own.")
CSV_ROW = _code("RCN0162", 3, "row that does not fit the table",
    "Give every row a cell for each column; put cells that hold separators, quotes or line breaks in quotes.")
CSV_EMPTY = _code("RCN0163", 3, "table without rows",
    "Add the rows; to remove what the rows declared, take the ResourceSet out.")
CELL_EMPTY = _code("RCN0164", 3, "empty cell where a value has to be",
    "Fill the cell in.")
TEMPLATE_UNFIT = _code("RCN0165", 3, "template that makes no resource",
    "Write the document beside the ResourceSet, not in it.")
CSV_VARIABLE = _code("RCN0166", 3, "variable of a CSV file not set",
    "Set the variable to the path of the CSV file.")
NOT_DECLARABLE = _code("RCN0190", 3, "live value that no manifest may hold",
    "Change the value in the vendor's console, or let apply put back what git says.")
VALUE_FROM_ELSEWHERE = _code("RCN0191", 3, "value that is not written in the manifest itself",
    "Change it by hand where it comes from, or put the field under lifecycle.ignoreChanges.")
MANIFEST_CHANGED = _code("RCN0192", 3, "manifest changed meanwhile",
    "Run the command again.")
MANIFEST_NOT_WRITABLE = _code("RCN0193", 3, "manifest that may not be rewritten",
    "Make the file and its folder writable, or change it by hand.")
EDIT_UNFAITHFUL = _code("RCN0194", 3, "text that cannot be rewritten safely",
    "Change it by hand: the file was left as it is.")

# --- 02xx project file ------------------------------------------------------------------------------------------

NO_PROJECT = _code("RCN0201", 3, "no project file",
    "Change to the project's folder, or use -C DIR or --project FILE.")
NOT_A_PROJECT = _code("RCN0202", 3, "not a project file",
    "Begin the file with apiVersion: reconciler/v1 and kind: Project.")
LITERAL_SECRET = _code("RCN0203", 3, "secret written into the file",
    "Refer to it: {env: NAME} or {file: PATH}.")
SECRET_MISSING = _code("RCN0204", 3, "secret not set",
    "Set the variable or write the file; nothing is sent without it.")
SECRET_UNFIT = _code("RCN0205", 3, "secret cannot be used",
    "Write the bare secret, in one line, without quotes.")
URL_UNFIT = _code("RCN0206", 3, "URL not allowed",
    "Write https://HOST/PATH; credentials belong into token or oauth.")
HOST_NOT_ALLOWED = _code("RCN0207", 3, "host not allowed",
    "Use the vendor's host; list another one in the environment variable RECONCILER_ALLOWED_HOSTS, outside the "
    "repository.")
UNKNOWN_PROVIDER = _code("RCN0208", 3, "unknown provider",
    "Correct provider.")
CREDENTIALS_UNDECIDED = _code("RCN0209", 3, "exactly one credential is due",
    "Give token: {env: NAME}; for enco either token or oauth.")
COMPANY_MISSING = _code("RCN0210", 3, "company missing",
    "Add company: NAME to the connection.")
UNKNOWN_ENVIRONMENT = _code("RCN0211", 3, "unknown environment",
    "Correct --env, or add the environment under spec.environments.")
STATE_UNFIT = _code("RCN0212", 3, "state location cannot be understood",
    "Write sqlite:///PATH, or {env: NAME} for a URL with credentials.")
PROVIDER_MISSING = _code("RCN0213", 3, "provider missing",
    "Add provider to the connection.")
DIGEST_KEY_MISSING = _code("RCN0220", 3, "no key for personal data",
    'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"; keep it as a secret of your CI, and set '
    "RECONCILER_DIGEST_KEY to it in every run.")
DIGEST_KEY_UNFIT = _code("RCN0221", 3, "key for personal data cannot be used",
    'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"')

# --- 03xx command line ------------------------------------------------------------------------------------------

USAGE = _code("RCN0301", 3, "the command line is wrong",
    "See reconciler COMMAND --help.")
UNKNOWN_ADDRESS = _code("RCN0302", 3, "unknown address",
    "See the addresses with: reconciler state list")
UNKNOWN_CODE = _code("RCN0303", 3, "unknown error code",
    "Codes look like RCN0102; reconciler explain, without a code, lists them all.")
OUTPUT_FAILED = _code("RCN0304", 3, "a file cannot be written",
    "Name a file in a folder that exists and can be written.")
UNKNOWN_RUN = _code("RCN0310", 3, "unknown run",
    "See the runs with: reconciler state history")
UNKNOWN_SCHEMA = _code("RCN0320", 3, "unknown schema",
    "See the schemas with: reconciler schema")
UNKNOWN_TOPIC = _code("RCN0321", 3, "nothing of that name to explain",
    "Name a kind, a field of it or an error code; reconciler explain lists the kinds and the codes.")
PROJECT_EXISTS = _code("RCN0322", 3, "a project is there already",
    "Work in it as it is, or name another folder: reconciler init DIR")
IMPORT_KIND_UNKNOWN = _code("RCN0350", 3, "unknown kind to import",
    "Give a kind as Location or optimum/Location.")
IMPORT_KIND_UNFIT = _code("RCN0351", 3, "kind that is not imported",
    "Leave --kind out to import every kind that can be.")
IMPORT_NOTHING = _code("RCN0352", 3, "nothing to import by that name",
    "See what is not managed at the end of: reconciler plan")
IMPORT_NO_FOLDER = _code("RCN0353", 3, "no folder for imported manifests",
    "Name a folder of the project with --dir, one that spec.manifests of the project file lists.")
IMPORT_NAME_TAKEN = _code("RCN0354", 3, "name or file taken",
    "If that manifest stands for the live object, write the id into its metadata.externalId; else give --merge, which "
    "takes another name.")
IMPORT_UNSETTLED = _code("RCN0355", 3, "a write is still open where something is to be imported",
    "Run apply, which settles it, or settle it by hand with resolve; then import.")
NOT_FORMATTED = _code("RCN0360", 3, "files that are not formatted",
    "Run: reconciler fmt")
NOT_ACCEPTABLE = _code("RCN0361", 3, "drift that cannot be accepted",
    "Take the address out of --accept, and see its drift with: reconciler drift")
PERSONAL_NOT_ACCEPTED = _code("RCN0362", 3, "personal data would be written into git",
    "If it may stand there, add --show-personal-data.")

# RCN0370 to RCN0389: GitHub, where plans are reviewed; their exit codes are those of the same trouble with a vendor.

GITHUB_PLACE_UNKNOWN = _code("RCN0370", 3, "unknown place on GitHub",
    "Run it in a workflow, or say where: --repository OWNER/NAME and --pr NUMBER.")
GITHUB_TOKEN_REFUSED = _code("RCN0371", 4, "GitHub refused the token",
    "Give the step GITHUB_TOKEN: ${{ github.token }} under env, or a token that has not expired.")
GITHUB_FORBIDDEN = _code("RCN0372", 4, "the token may not do this on GitHub",
    "Give the job `pull-requests: write` for a comment, `issues: write` for an issue; the token of a pull request from "
    "a fork never writes, so do not comment there.")
GITHUB_REFUSED = _code("RCN0373", 1, "GitHub refused the request",
    "GitHub's own words are in the message; see that issues are enabled and the conversation is not locked.")
GITHUB_UNAVAILABLE = _code("RCN0374", 5, "no usable answer from GitHub",
    "Try again later; --retry-seconds lets it try longer. On a server of your own check GITHUB_API_URL, --ca-file and "
    "--proxy.")
GITHUB_UNCERTAIN = _code("RCN0375", 5, "not known whether it was posted",
    "Run it again: what was posted is found, and nothing is posted twice.")
NOT_A_DRIFT_REPORT = _code("RCN0376", 3, "not a drift report",
    "Make one with: reconciler drift --report json=drift.json")
PART_OF_DRIFT = _code("RCN0377", 3, "drift report about a part",
    "Make the report without --target, --exclude and -f, or give this part an issue of its own with --key NAME.")
BODY_UNREADABLE = _code("RCN0378", 3, "the text for a comment cannot be read",
    "Make it with: reconciler plan --report markdown=plan.md")

# --- 04xx credentials -------------------------------------------------------------------------------------------

CREDENTIALS_REFUSED = _code("RCN0401", 4, "credentials refused",
    "Check the environment variable or file that the connection's token refers to.")
USER_AGENT_REFUSED = _code("RCN0402", 4, "User-Agent refused",
    "Set company of the connection in reconciler.yaml to the name of the account at the vendor.")
CREDENTIALS_FORBIDDEN = _code("RCN0403", 4, "credentials not permitted",
    "Ask for a token that may read this, and check that base URL and token belong together.")
HEADER_UNFIT = _code("RCN0404", 4, "credential or header unfit to be sent",
    "Look for a line break, quotes or invisible characters in the value; it is not shown here on purpose.")
TOKEN_ENDPOINT_REFUSED = _code("RCN0405", 4, "token endpoint refused the client",
    "Check clientId, clientSecret and tokenUrl of the connection.")
CREDENTIALS_MISSING = _code("RCN0406", 4, "no credentials",
    "Give the connection a token, or oauth where the vendor has it.")

# --- 05xx vendors -----------------------------------------------------------------------------------------------

VENDOR_UNAVAILABLE = _code("RCN0501", 5, "vendor unavailable",
    "Try again later; --retry-seconds lets it try longer.")
VENDOR_UNREACHABLE = _code("RCN0502", 5, "vendor unreachable",
    "Check the network, baseUrl and proxy of the connection; timeout sets the deadline of a request.")
RATE_LIMITED = _code("RCN0503", 5, "rate limited",
    "Set requestsPerSecond of the connection to what the vendor allows, or try again later.")
UNREADABLE = _code("RCN0504", 5, "unreadable answer",
    "Check that baseUrl points at the vendor's API; if it does, the vendor's API may have changed or be in trouble.")
LISTING_INCOMPLETE = _code("RCN0505", 5, "listing does not add up",
    "Run again when nobody changes objects at the vendor; nothing is created or deleted on the word of such a listing.")
REDIRECT_REFUSED = _code("RCN0506", 5, "redirect refused",
    "Check baseUrl of the connection; if the vendor moved, change it there.")
BODY_TOO_LARGE = _code("RCN0507", 5, "answer too large",
    "Check that baseUrl points at the vendor's API.")
READ_REFUSED = _code("RCN0508", 5, "read refused",
    "The vendor's own words are in the message; check baseUrl and the version of the vendor's API.")
TLS_FAILED = _code("RCN0509", 5, "no trusted connection",
    "Check the address; behind a company proxy set caFile of the connection.")
CA_FILE_UNREADABLE = _code("RCN0510", 3, "certificate file unreadable",
    "Point caFile at a PEM file with the certificates to trust.")
NO_SUCH_PROVIDER = _code("RCN0511", 3, "no such provider",
    "Use one of the providers that the message lists.")

# --- 06xx guards ------------------------------------------------------------------------------------------------

GUARD_STOPPED = _code("RCN0601", 6, "a guard stopped the apply",
    "Read what the plan would destroy; if that is meant, give the option that the message names.")
ALL_BLOCKED = _code("RCN0602", 6, "every operation is blocked",
    "Settle what the plan names at each address, then plan again.")
NOT_APPROVED = _code("RCN0603", 6, "not approved",
    "Review the plan, then run apply with the saved plan file or with --auto-approve.")
IMPACT_GREW = _code("RCN0604", 9, "it would destroy more than was approved",
    "Plan again, look at the new count, and approve that.")
IMPACT_UNCOUNTED = _code("RCN0605", 9, "what it destroys could not be counted again",
    "See that the vendor answers and that the token may read it, then run apply again.")
ARCHIVE_FAILED = _code("RCN0606", 9, "what would be deleted could not be archived",
    "Make room, or make the folder writable, or see that the vendor answers; then run apply again.")

# --- 07xx saved plans -------------------------------------------------------------------------------------------

PLAN_UNREADABLE = _code("RCN0701", 7, "the plan file cannot be used",
    "Make a new plan with: reconciler plan --out FILE")
PLAN_STALE = _code("RCN0702", 7, "the saved plan no longer matches",
    "Review and approve a new plan: reconciler plan --out FILE")
PLAN_APPLIED = _code("RCN0703", 7, "the saved plan was already applied",
    "Make a new plan with: reconciler plan --out FILE")

# --- 08xx state -------------------------------------------------------------------------------------------------

STATE_LOCKED = _code("RCN0801", 8, "the state is locked by another run",
    "Wait until it has ended. If it hangs, stop it; a holder that died gives the lock back by itself.")
STATE_OTHER_PROJECT = _code("RCN0802", 3, "the state belongs to another project",
    "Check spec.state and metadata.name in the project file.")
STATE_OTHER_ENVIRONMENT = _code("RCN0803", 3, "the state belongs to another environment",
    "Check --env, and spec.environments.<name>.state in the project file.")
STATE_OTHER_ORIGIN = _code("RCN0804", 3, "a connection points at another server than the state recorded",
    "Restore the connection's baseUrl, or use another state for the other server.")
STATE_NEWER = _code("RCN0805", 1, "the state was written by a newer version",
    "Upgrade reconciler to the version that wrote the state.")
STATE_CORRUPT = _code("RCN0806", 1, "the state is damaged",
    "Restore it from a backup. Do not delete it to go on: without it the tool forgets what it owns.")
STATE_UNREADABLE = _code("RCN0807", 1, "the state cannot be read",
    "Check the path in spec.state and the permissions of the file and its folder.")
STATE_READ_ONLY = _code("RCN0808", 1, "the state cannot be written",
    "Make the file and its folder writable for this user.")
STATE_DISK_FULL = _code("RCN0809", 1, "no room to write the state",
    "Free some space, then run apply again; it goes on where it stopped.")
STATE_EPHEMERAL = _code("RCN0810", 6, "a new SQLite state on a CI runner",
    "Keep the state where it survives the runner (spec.state), or pass --allow-ephemeral-state.")
STATE_URL = _code("RCN0811", 3, "not a place for a state",
    "Write spec.state as sqlite:///.reconciler/state.db.")
STATE_STORE_MISSING = _code("RCN0812", 3, "what this store needs is not installed",
    "Install it: pip install 'reconciler[postgres]'")
STATE_LOCK_LOST = _code("RCN0813", 130, "the lock on the state was lost",
    "See who holds the state now; then run apply again to go on.")
STATE_BUSY = _code("RCN0814", 8, "the state is busy",
    "Close what has the file open (a backup, a database browser), then run again.")
STATE_MIGRATED = _code("RCN0820", 3, "the state was migrated to another store",
    "Let spec.state (or RECONCILER_STATE) name the store that the message names.")
STATE_EXPECTED = _code("RCN0821", 1, "no state where one was expected",
    "Point spec.state at the state, restore it from a backup, or begin anew with: reconciler state rebuild")
STATE_OTHER_LINEAGE = _code("RCN0822", 3, "another state than the one before",
    "Check spec.state, --env and RECONCILER_STATE; the two states know different live objects.")
STATE_OLDER = _code("RCN0823", 3, "an older state than the one before",
    "Use the newer one; an older state does not know what was made since.")
STATE_DOCUMENT = _code("RCN0824", 3, "not a state that can be pushed",
    "Push a file that reconciler state pull wrote.")
STATE_TARGET_TAKEN = _code("RCN0825", 3, "the target of the migration is taken",
    "Name an empty store; --force overwrites an older copy of this very state.")
STATE_MOVE_REFUSED = _code("RCN0826", 3, "the record cannot be moved there",
    "Look at both addresses with: reconciler state list")
STATE_WRITE_OPEN = _code("RCN0827", 6, "a write is open at the address",
    "Run apply, which settles it by reading back, or settle it by hand: reconciler resolve ADDRESS")
STATE_NOT_VERIFIED = _code("RCN0828", 1, "the migrated state does not read back as it was written",
    "The state in use is still the old one; try again, or use another target.")
STATE_OTHER_KEY = _code("RCN0830", 3, "the state was sealed with another key",
    "Set RECONCILER_DIGEST_KEY to the key that the state was made with: with another one nothing can be compared.")
STATE_UNREACHABLE = _code("RCN0840", 1, "the database of the state cannot be reached",
    "Check host, port and network, and that the server runs and has connections left; then run again.")
STATE_LOGIN_REFUSED = _code("RCN0841", 1, "the database of the state refused the login",
    "Check user and password in the URL of the state (or PGPASSWORD, PGPASSFILE), and the server's pg_hba.conf.")
STATE_DATABASE_MISSING = _code("RCN0842", 1, "the database of the state does not exist",
    "Correct the name in the URL of the state, or make it: createdb NAME")
STATE_DENIED = _code("RCN0843", 1, "the database user may not do this",
    "Grant it CREATE on the database, or on a schema made for it beforehand; later its tables are enough.")
STATE_CONNECTION_LOST = _code("RCN0844", 130, "the connection to the state was lost",
    "See that the database runs; then run apply again: it settles what was left open by reading back, and goes on.")
STATE_SLOW = _code("RCN0845", 1, "the database of the state took too long",
    "See what keeps the database busy, then run again; nothing was sent that could not be recorded.")
STATE_UNSAFE = _code("RCN0846", 1, "the database cannot keep a state",
    "Use a server with fsync=on and a database with the encoding UTF8.")

# --- 09xx apply -------------------------------------------------------------------------------------------------

OPERATION_FAILED = _code("RCN0901", 9, "an operation failed",
    "Settle the reason in the message, then run apply again.")
LEFT_OPEN = _code("RCN0902", 9, "the outcome of a write is not known",
    "Run apply again: it reads back what became of it first.")
SKIPPED = _code("RCN0903", 9, "skipped",
    "Settle the address that the message names, then run apply again.")
STALE = _code("RCN0904", 9, "the live object changed since the plan",
    "Run plan again and look at what moved.")
NOT_PERSISTED = _code("RCN0905", 9, "the vendor took the update and did not keep it",
    "Ask the vendor about these fields, or take them out of the manifest.")
NOT_STARTED = _code("RCN0906", 130, "not started",
    "Run apply again to go on.")
NOT_RECORDED = _code("RCN0907", 9, "written, but not recorded",
    "Settle the trouble with the state, then run apply again: it reads back what was written.")
OUTCOME_UNSETTLED = _code("RCN0908", 9, "an earlier write could not be settled",
    "Look at the live objects, then say it: reconciler resolve ADDRESS --adopt ID, or --not-created.")
NOTHING_OPEN = _code("RCN0909", 3, "nothing to resolve",
    "reconciler plan lists the addresses with an open write.")
NOT_ADOPTABLE = _code("RCN0910", 3, "this object cannot be adopted",
    "Give the id of a live object of this kind that nothing else holds.")
WRITE_REFUSED = _code("RCN0930", 9, "write refused",
    "The vendor's own words are in the message.")
WRITE_INVALID = _code("RCN0931", 9, "write refused: invalid",
    "Correct the fields that the message names and apply again.")
WRITE_FORBIDDEN = _code("RCN0932", 9, "write refused: forbidden",
    "Check what the token may do and the fields that were sent.")
WRITE_NOT_FOUND = _code("RCN0933", 9, "write refused: not found",
    "Plan again: the object was removed since the plan.")
WRITE_UNPAID = _code("RCN0934", 9, "write refused: request failed",
    "Check limits and billing of the account at the vendor.")
WRITE_CONFLICT = _code("RCN0935", 9, "write refused: conflict",
    "Plan again; the object may have been created by somebody else.")
OUTCOME_UNKNOWN = _code("RCN0940", 9, "outcome unknown",
    "Run apply again: it reads back before it sends anything.")
