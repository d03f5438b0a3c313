// Every subcommand and option with its help. What they do is in the files of the commands.
#include "api/cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "api/cli/commands.hpp"

namespace mailhold::cli {
namespace {

using Command = std::function<Result<int>()>;

constexpr const char* about =
    "Mailhold keeps every message of your mailboxes, proves that nothing was lost or altered,\n"
    "and answers searches over all of it to any mail program, over IMAP.\n";

constexpr const char* first_steps =
    "First steps:\n"
    "  mailhold serve imaps://alice%40example.org@mail.example.org --data ~/mail-archive\n"
    "      mirrors one account and serves it on 127.0.0.1; asks for the password.\n"
    "  mailhold config > mailhold.toml\n"
    "      writes a documented configuration to start from.\n"
    "  mailhold COMMAND --help\n"
    "      explains a command, with an example.\n";

// In a query -is:seen means not seen, and is no option: such words of search and export are marked
// before CLI11 sees them. One letter (-h) and two hyphens (--json) are options.
constexpr char spared = '\x1F';

std::vector<std::string> spare_negations(int argc, const char* const* argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty() || (words[0] != "search" && words[0] != "export")) return words;
    for (auto& word : words)
        if (word.size() > 2 && word[0] == '-' && word[1] != '-') word.insert(word.begin(), spared);
    return words;
}

// Builds one application; `chosen` is what its parse selected.
class Grammar {
  public:
    Grammar() {
        app_.footer(first_steps);
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "mailhold " MAILHOLD_VERSION);
        add_daemon_commands();
        add_reading_commands();
        add_keeping_commands();
        add_helpers();
    }
    CLI::App& app() { return app_; }
    const Command& chosen() const { return chosen_; }

  private:
    template <class Options>
    CLI::App* add(const char* name, const char* help, const char* example, Options& options,
                  Result<int> (*command)(const Options&)) {
        return add(app_, name, help, example, options, command);
    }
    template <class Options>
    CLI::App* add(CLI::App& parent, const char* name, const char* help, const char* example,
                  Options& options, Result<int> (*command)(const Options&)) {
        auto* sub = parent.add_subcommand(name, help);
        sub->footer(std::string("Example:\n  ") + example + "\n");
        sub->callback([this, &options, command] {
            chosen_ = [&options, command] { return command(options); };
        });
        return sub;
    }
    static void add_config(CLI::App* sub, Place& place) {
        sub->add_option("--config", place.config,
                        "configuration file (default: $MAILHOLD_CONFIG, ./mailhold.toml, "
                        "/etc/mailhold/mailhold.toml)")
            ->type_name("FILE");
    }
    static void add_data(CLI::App* sub, Place& place, const char* help) {
        sub->add_option("--data", place.data, help)->type_name("DIR");
    }
    static void add_place(CLI::App* sub, Place& place) {
        add_config(sub, place);
        add_data(sub, place, "the archive's folder, instead of a configuration");
    }
    static void add_json(CLI::App* sub, Output& output, const char* help) {
        sub->add_flag_callback("--json", [&output] { output = Output::json; }, help);
    }

    void add_daemon_commands() {
        auto* sub = add(
            "serve",
            "Runs the daemon in the foreground: mirrors every account, indexes, and serves IMAP "
            "and HTTP.\n"
            "SIGTERM ends it gracefully; SIGHUP reads the configuration again.",
            "mailhold serve --config /etc/mailhold/mailhold.toml\n"
            "  mailhold serve imaps://alice%40example.org@mail.example.org --data ~/mail-archive",
            serve_, serve);
        add_config(sub, serve_.place);
        sub->add_option("url", serve_.url,
                        "quick start without a file: the origin, as imaps://USER@HOST (%40 for an "
                        "@ in the user's name); "
                        "its password comes from $MAILHOLD_PASSWORD or a prompt")
            ->type_name("URL");
        add_data(sub, serve_.place, "with a URL: the archive's folder, made if absent");

        sub = add("sync",
                  "Mirrors every account once, indexes what is new, and exits. Exit code 1: an "
                  "account failed; what\n"
                  "could be had is archived, and the next run goes on from there.",
                  "mailhold sync --config mailhold.toml", sync_, sync);
        add_config(sub, sync_.place);
        add_json(sub, sync_.output, "one JSON object a line: progress, then a summary");

        sub = add("reconcile",
                  "Compares everything with the origin, UID by UID, with sizes and dates, whatever "
                  "its counters say;\n"
                  "mends what differs, and puts a report into the ledger. The daemon does the same "
                  "by itself, as [sync]\n"
                  "reconcile_every says. Exit code 1: an account failed, or something is still "
                  "unaccounted.",
                  "mailhold reconcile alice", reconcile_, reconcile);
        add_config(sub, reconcile_.place);
        sub->add_option("account", reconcile_.account, "the name of one [[account]]; all if absent")
            ->type_name("ACCOUNT");
        add_json(sub, reconcile_.output, "one JSON object a line: progress, then a summary");
    }

    void add_reading_commands() {
        auto* sub =
            add("status",
                "Shows what is archived and indexed, and how a running daemon's mirrors are doing.",
                "mailhold status --json | jq .messages", status_, status);
        add_place(sub, status_.place);
        add_json(sub, status_.output, "one JSON object");

        auto* report = app_.add_subcommand("report", "Tells what the archive knows of itself.");
        report->require_subcommand(1);
        sub =
            add(*report, "completeness",
                "For every mailbox, and each UIDVALIDITY it had: what became of the UIDs that the "
                "origin ever\n"
                "showed. Archived, the same bytes as a message archived before, in quarantine, "
                "lost (gone before\n"
                "they could be fetched), or unaccounted: still to be fetched. Exit code 1: some "
                "are unaccounted.",
                "mailhold report completeness --json | jq .together", report_, report_completeness);
        add_place(sub, report_.place);
        add_json(sub, report_.output, "one JSON object");

        sub = add("audit",
                  "Who logged in, opened, searched and read what, oldest first, as the ledger has "
                  "it. Who ran\n"
                  "search, show or export on this machine is cli:NAME.",
                  "mailhold audit --user bob --since 2026-01-31", audit_, audit);
        add_place(sub, audit_.place);
        sub->add_option("--user", audit_.user, "of this user alone")->type_name("NAME");
        sub->add_option("--since", audit_.since, "from this day on, or day and time, UTC")
            ->type_name("2026-01-31[T12:00]");
        sub->add_option("--mailbox", audit_.mailbox, "of this mailbox and those below it")
            ->type_name("MAILBOX");
        add_json(sub, audit_.output, "one JSON object a line");

        sub = add("search",
                  "Finds messages in all accounts, newest first. Words and \"phrases\" are found "
                  "as parts of the text,\n"
                  "disregarding case; narrow with from: to: cc: subject: body: filename: "
                  "header:NAME= has:attachment\n"
                  "before: after: on: larger: smaller: in: is:; combine with OR, - and "
                  "parentheses. Exit code 1:\n"
                  "nothing found.",
                  "mailhold search 'from:carol (invoice OR receipt) after:2024-01-01 -is:seen'",
                  search_, search);
        add_place(sub, search_.place);
        sub->add_option("query", words_, "the query")
            ->required()
            ->type_name("QUERY")
            ->allow_extra_args();
        sub->add_option("--limit", search_.limit, "show this many at most (the rest is counted)")
            ->capture_default_str()
            ->type_name("N");
        add_json(sub, search_.output, "one JSON object");
        sub->callback([this] {
            search_.query = joined(words_);
            chosen_ = [this] { return search(search_); };
        });

        sub =
            add("show",
                "Shows one message: its headers and text, decoded, its parts, and where it stood.\n"
                "ID is a message's number, or the first digits of its SHA-256, as `search` prints "
                "them.",
                "mailhold show 1a2b3c4d5e6f --raw > message.eml", show_, show);
        add_place(sub, show_.place);
        sub->add_option("id", show_.id, "number or digest")->required()->type_name("ID");
        sub->add_flag_callback(
            "--raw", [this] { show_.form = ShowForm::raw; },
            "write the exact octets, as the origin sent them");
        sub->add_flag_callback(
            "--json", [this] { show_.form = ShowForm::json; },
            "where it stood and what became of it (flags, Gmail's labels), as one JSON object");
    }

    void add_keeping_commands() {
        auto* sub = add("verify",
                        "Proves the archive: every record and digest, the tree, each signed "
                        "checkpoint, then catalog and\n"
                        "index against it. Exit code 1 and a list on any difference.",
                        "mailhold verify --data /var/lib/mailhold", verify_, verify);
        add_place(sub, verify_.place);
        add_json(sub, verify_.output, "one JSON object");

        sub = add("rebuild",
                  "Makes catalog and index anew from the ledger alone. Needs the daemon stopped; "
                  "loses nothing.",
                  "mailhold rebuild --data /var/lib/mailhold", rebuild_, rebuild);
        add_place(sub, rebuild_.place);

        sub =
            add("import",
                "Brings mail from files into an account of its own: Maildirs, mbox files, trees of "
                ".eml files; octet for\n"
                "octet, with the dates and flags that the files have. Each folder becomes a "
                "mailbox. What is there already\n"
                "is left out, so an import that was interrupted is simply run again. Needs the "
                "daemon stopped.",
                "mailhold import old-mail ~/Maildir ~/mail/2009.mbox", import_, import_files);
        add_place(sub, import_.place);
        sub->add_option("account", import_.account,
                        "the account to fill: a new one, or one that was imported before")
            ->required()
            ->type_name("ACCOUNT");
        sub->add_option("paths", import_.paths, "files and folders")->required()->type_name("PATH");
        sub->add_option("--mailbox", import_.mailbox,
                        "where the messages of PATH itself go; its folders become mailboxes below "
                        "it, or beside INBOX")
            ->type_name("NAME")
            ->capture_default_str();
        sub->add_option("--format", import_.format,
                        "what all files are; else each is told by what it holds")
            ->transform(CLI::CheckedTransformer(std::map<std::string, intake::Format>{
                {"eml", intake::Format::eml}, {"mbox", intake::Format::mbox}}))
            ->type_name("eml|mbox");
        sub->add_flag("--unquote", import_.unquote,
                      "mbox files are mboxrd: take one > from lines that begin with >From");

        sub = add("export",
                  "Writes messages out for other programs, with manifest.tsv: digest, size, and "
                  "every place where each\n"
                  "stood. eml: one file a message, named by its SHA-256, the exact octets. mbox: "
                  "one mboxrd file a\n"
                  "mailbox; lines that begin with From are quoted with >, which the size in the "
                  "manifest makes exact.",
                  "mailhold export --format eml --output out 'from:carol before:2020-01-01'",
                  export_, export_messages);
        add_place(sub, export_.place);
        sub->add_option("--format", export_.format, "eml or mbox")
            ->transform(CLI::CheckedTransformer(std::map<std::string, ExportFormat>{
                {"eml", ExportFormat::eml}, {"mbox", ExportFormat::mbox}}))
            ->required()
            ->type_name("eml|mbox");
        sub->add_option("--output", export_.output, "a folder, new or empty")
            ->required()
            ->type_name("DIR");
        sub->add_flag_callback(
            "--resume", [this] { export_.existing = Existing::resume; },
            "go on with an export that was interrupted; files that are right are kept");
        sub->add_option("query", export_words_, "only what this query finds (as for search)")
            ->type_name("QUERY")
            ->allow_extra_args();
        sub->callback([this] {
            export_.query = joined(export_words_);
            chosen_ = [this] { return export_messages(export_); };
        });
    }

    void add_helpers() {
        auto* sub = add(
            "login",
            "Asks for consent to read an account's mail with OAuth, on any device with a browser, "
            "and "
            "keeps the\n"
            "refresh token in the archive's folder. Where the configuration has no device_url, it "
            "takes a refresh\n"
            "token from a prompt or standard input. A running daemon takes it up at SIGHUP.",
            "mailhold login alice --config mailhold.toml", login_, login);
        add_config(sub, login_.place);
        sub->add_option("account", login_.account, "the name of the [[account]]")
            ->required()
            ->type_name("ACCOUNT");

        sub = add("trust",
                  "Shows what security an account's origin has shown before and what it shows now, "
                  "and lets you\n"
                  "confirm that less is meant to be. A running daemon takes it up at SIGHUP.",
                  "mailhold trust alice --config mailhold.toml", trust_, trust);
        add_config(sub, trust_.place);
        sub->add_option("account", trust_.account, "the name of the [[account]]")
            ->required()
            ->type_name("ACCOUNT");
        sub->add_flag_callback(
            "--yes", [this] { trust_.confirm = Confirm::yes; }, "confirm without asking");

        sub = add("passwd",
                  "Reads a password (twice from a terminal, else one line of standard input) and "
                  "prints its argon2id hash\n"
                  "for password_hash in the configuration.",
                  "mailhold passwd < password.txt", passwd_, passwd);
        sub->add_flag_callback(
            "--scram", [this] { passwd_.use = PasswordFor::scram; },
            "a verifier for scram in the configuration instead");

        sub = add(
            "config", "Prints the default configuration with every key explained, or checks yours.",
            "mailhold config > mailhold.toml\n  mailhold config --check --config mailhold.toml",
            config_, config_command);
        add_config(sub, config_.place);
        sub->add_flag_callback(
            "--check", [this] { config_.action = ConfigAction::check; },
            "read the configuration and tell every mistake with its line");

        sub = add("healthcheck",
                  "Asks the running daemon whether it is alive, over its HTTP port. For Docker.",
                  "mailhold healthcheck --config /etc/mailhold/mailhold.toml", healthcheck_,
                  healthcheck);
        add_config(sub, healthcheck_.place);
    }

    // The query's words as they were typed, with what spared them from being options taken off
    // again.
    static std::string joined(const std::vector<std::string>& words) {
        std::string text;
        for (const auto& word : words) {
            if (!text.empty()) text += ' ';
            text += word.starts_with(spared) ? word.substr(1) : word;
        }
        return text;
    }

    CLI::App app_{about, "mailhold"};
    Command chosen_;
    std::vector<std::string> words_, export_words_;
    ServeOptions serve_;
    SyncOptions sync_;
    ReconcileOptions reconcile_;
    StatusOptions status_;
    ReportOptions report_;
    AuditOptions audit_;
    SearchOptions search_;
    ShowOptions show_;
    VerifyOptions verify_;
    RebuildOptions rebuild_;
    ImportOptions import_;
    ExportOptions export_;
    LoginOptions login_;
    TrustOptions trust_;
    PasswdOptions passwd_;
    ConfigOptions config_;
    HealthcheckOptions healthcheck_;
};

}  // namespace

int run(int argc, const char* const* argv) {
    Grammar grammar;
    try {
        auto words = spare_negations(argc, argv);
        std::ranges::reverse(words);  // as CLI11 takes them
        grammar.app().parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return grammar.app().exit(error) == 0 ? 0 : 2;
    }
    auto code = grammar.chosen()();
    if (code) return *code;
    std::fflush(stdout);
    std::fprintf(stderr, "mailhold: %s\n", code.error().text.c_str());
    return code.error().code == Errc::invalid ? 2 : 1;
}

}  // namespace mailhold::cli
