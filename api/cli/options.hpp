// What each subcommand was asked for: plain values, made by command_line.cpp.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "intake/find_mail.hpp"

namespace mailhold::cli {

// Which archive: a configuration file, or for commands that only read also a bare data folder. Both
// may be empty.
struct Place {
    std::filesystem::path config;
    std::filesystem::path data;
};

enum class Output { text, json };

struct ServeOptions {
    Place place;
    std::string url;  // quick start: the one origin, without a configuration file
};
struct SyncOptions {
    Place place;
    Output output = Output::text;
};
struct ReconcileOptions {
    Place place;
    std::string account;  // empty: all
    Output output = Output::text;
};
struct StatusOptions {
    Place place;
    Output output = Output::text;
};
struct ReportOptions {
    Place place;
    Output output = Output::text;
};
struct SearchOptions {
    Place place;
    std::string query;
    std::size_t limit = 20;
    Output output = Output::text;
};
enum class ShowForm { readable, raw, json };
struct ShowOptions {
    Place place;
    std::string id;
    ShowForm form = ShowForm::readable;
};
struct AuditOptions {
    Place place;
    std::string user;   // empty: all
    std::string since;  // "2026-01-31", with "T12:00" behind it or not, UTC; empty: from the first
    std::string mailbox;  // with those below it; empty: all
    Output output = Output::text;
};
struct VerifyOptions {
    Place place;
    Output output = Output::text;
};
struct RebuildOptions {
    Place place;
};
enum class ExportFormat { eml, mbox };
enum class Existing { refuse, resume };
struct ExportOptions {
    Place place;
    ExportFormat format = ExportFormat::eml;
    std::filesystem::path output;
    std::string query;  // empty: everything
    Existing existing = Existing::refuse;
};
enum class Confirm { ask, yes };
struct TrustOptions {
    Place place;
    std::string account;
    Confirm confirm = Confirm::ask;
};
struct LoginOptions {
    Place place;
    std::string account;
};
struct ImportOptions {
    Place place;
    std::string account;
    std::vector<std::filesystem::path> paths;
    std::string mailbox = "INBOX";
    intake::Format format = intake::Format::any;
    bool unquote = false;
};
enum class PasswordFor { plain, scram };
struct PasswdOptions {
    PasswordFor use = PasswordFor::plain;
};
enum class ConfigAction { print_default, check };
struct ConfigOptions {
    Place place;
    ConfigAction action = ConfigAction::print_default;
};
struct HealthcheckOptions {
    Place place;
};

}  // namespace mailhold::cli
