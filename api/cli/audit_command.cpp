// mailhold audit: who looked at what, out of the ledger's projection, and what waits to come into the ledger.
#include <fmt/format.h>

#include <boost/json.hpp>

#include <ctime>
#include <iomanip>
#include <optional>
#include <sstream>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "store/archive.hpp"
#include "store/audit.hpp"
#include "store/audit_inbox.hpp"

namespace mailhold::cli {
namespace {

namespace json = boost::json;

constexpr Sequence waiting{~std::uint64_t{0}};  // of what is not in the ledger yet

// nullopt where it is no time.
std::optional<UtcMicros> time_of(const std::string& text) {
    for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
        std::istringstream in(text);
        std::tm day{};
        in >> std::get_time(&day, form);
        if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) continue;
        return UtcMicros(std::chrono::seconds(::timegm(&day)));
    }
    return std::nullopt;
}

// As the catalog decides it.
bool is_wanted(const store::Accessed& access, const store::AccessFilter& filter) {
    return access.time >= filter.since && (filter.user.empty() || access.user == filter.user) &&
           (filter.mailbox.empty() || access.mailbox == filter.mailbox ||
            access.mailbox.starts_with(filter.mailbox + "/"));
}

void print_text(const store::RecordedAccess& recorded) {
    const auto& access = recorded.access;
    fmt::print(
        "{} {:<8} {:<16} {:<24} {} {}{}{}\n", to_rfc3339(access.time), store::name_of(access.what),
        printable(access.user, Lines::join), printable(access.address, Lines::join),
        access.mailbox.empty() ? "-" : printable(access.mailbox, Lines::join),
        printable(access.detail, Lines::join),
        access.outcome == "ok" ? "" : fmt::format(" [{}]", printable(access.outcome, Lines::join)),
        recorded.record == waiting ? " [not in the ledger yet]" : "");
}

void print_json(const store::RecordedAccess& recorded) {
    const auto& access = recorded.access;
    const auto record = recorded.record == waiting ? json::value() : number(recorded.record);
    const json::object object{{"record", record},
                              {"time", to_rfc3339(access.time)},
                              {"user", printable(access.user, Lines::keep)},
                              {"address", access.address},
                              {"session", access.session},
                              {"what", store::name_of(access.what)},
                              {"mailbox", printable(access.mailbox, Lines::keep)},
                              {"detail", printable(access.detail, Lines::keep)},
                              {"outcome", access.outcome}};
    fmt::print("{}\n", json::serialize(object));
}

}  // namespace

Result<int> audit(const AuditOptions& options) {
    store::AccessFilter filter{
        .first = {}, .since = {}, .user = options.user, .mailbox = options.mailbox};
    if (!options.since.empty()) {
        const auto since = time_of(options.since);
        if (!since)
            return fail(Errc::invalid, fmt::format("--since: \"{}\" is no time", options.since));
        filter.since = *since;
    }
    const auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    const auto archive = store::ArchiveReader::open(*data);
    if (!archive) return std::unexpected(archive.error());
    const auto print = options.output == Output::json ? print_json : print_text;
    // First of all: what leaves the inbox meanwhile is in the ledger then.
    auto inbox = store::audit_inbox(*data);
    if (!inbox) return std::unexpected(inbox.error());
    while (true) {
        const auto page = (*archive)->accesses(filter);
        if (!page) return std::unexpected(page.error());
        for (const auto& each : *page) {
            print(each);
            std::erase(*inbox, each.access);
        }
        if (page->size() < filter.most) break;
        filter.first = Sequence{number(page->back().record) + 1};
    }
    for (auto& access : *inbox)
        if (is_wanted(access, filter)) print({waiting, std::move(access)});
    return success;
}

}  // namespace mailhold::cli
