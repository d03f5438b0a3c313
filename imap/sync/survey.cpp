// LIST and STATUS against what the archive has on record.
#include "imap/sync/survey.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "imap/sync/names.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {
namespace {

constexpr std::size_t in_flight_limit = 32;  // STATUS commands
constexpr std::size_t listing_octets_most = 64 << 20;

Result<Recorded> recorded_of(const store::Archive& archive, const std::string& account) {
    auto listed = archive.listed(account);
    if (!listed) return std::unexpected(listed.error());
    auto excluded = archive.exclusions(account);
    if (!excluded) return std::unexpected(excluded.error());
    return Recorded{std::move(*listed), std::move(*excluded)};
}

using ShownByName = std::map<std::string, Shown>;

// An answer may tell only what has changed (RFC 5465 5.2).
void take(const wire::StatusData& data, Shown& shown) {
    for (const auto& [item, value] : data.items) {
        const auto small = static_cast<std::uint32_t>(value);
        if (item == wire::StatusItem::messages) shown.messages = small;
        if (item == wire::StatusItem::uidnext) shown.uidnext = Uid{small};
        if (item == wire::StatusItem::uidvalidity) shown.uidvalidity = UidValidity{small};
        if (item == wire::StatusItem::highestmodseq) shown.modseq = ModSeq{value};
    }
}

struct Verdict {
    std::string mailbox;
    bool unchanged = false;
    std::uint64_t missing = 0;
    std::uint64_t quarantined = 0;
};
// Blocking. A mailbox whose STATUS did not come is left to EXAMINE.
Result<std::vector<Verdict>> judge(const store::Archive& archive, const std::string& account,
                                   const std::vector<std::string>& mailboxes,
                                   const ShownByName& shown, Depth depth) {
    std::vector<Verdict> verdicts;
    for (const auto& mailbox : mailboxes) {
        Verdict verdict{mailbox};
        const auto found = shown.find(mailbox);
        auto generations = archive.generations(account, mailbox);
        if (!generations) return std::unexpected(generations.error());
        if (found != shown.end() && generations->empty()) verdict.missing = found->second.messages;
        if (!generations->empty()) {
            const auto state = archive.generation_state(generations->back(), 0);
            if (!state) return std::unexpected(state.error());
            verdict.quarantined = state->quarantined.size();
            if (found != shown.end()) {
                verdict.unchanged = unchanged(*state, found->second, depth);
                if (!verdict.unchanged) verdict.missing = missing_estimate(*state, found->second);
            }
        }
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

// The selected mailbox has no reliable STATUS (RFC 9051 6.3.11): leave it, or have its news told.
net::awaitable<Status> leave_mailbox(client::Connection& connection) {
    if (!connection.mailbox_selected) co_return Status{};
    if (!connection.has("UNSELECT")) co_return co_await connection.run(wire::Noop{}, {});
    connection.mailbox_selected = false;
    co_return co_await connection.run(wire::Unselect{}, {});
}

// Not for the MAILBOXID, which EXAMINE tells as well: Cyrus 3.6 answers STATUS with freed memory in its place.
net::awaitable<Result<ShownByName>> ask_status(client::Connection& connection,
                                               const std::vector<std::string>& mailboxes) {
    wire::Status question;
    question.items = {wire::StatusItem::messages, wire::StatusItem::uidnext,
                      wire::StatusItem::uidvalidity};
    if (connection.has("CONDSTORE")) question.items.push_back(wire::StatusItem::highestmodseq);

    const std::set<std::string_view> named(mailboxes.begin(), mailboxes.end());
    ShownByName shown;
    std::size_t asked = 0;
    std::size_t answered = 0;
    while (answered < mailboxes.size()) {
        while (asked < mailboxes.size() && asked - answered < in_flight_limit) {
            question.mailbox = mailboxes[asked++];
            question.spelling = spelling_of(question.mailbox);
            connection.submit(question);
        }
        auto event = co_await connection.next();
        if (!event) co_return std::unexpected(event.error());
        if (std::holds_alternative<client::ClientCore::Completed>(*event)) ++answered;
        const auto* untagged = std::get_if<client::Untagged>(&*event);
        const auto* data =
            untagged == nullptr ? nullptr : std::get_if<wire::StatusData>(&untagged->response);
        if (data == nullptr) continue;
        auto name = name_of(*data);
        if (named.contains(name)) take(*data, shown[std::move(name)]);
    }
    co_return shown;
}

// Where the answer cannot be had or read, others' mailboxes could be taken for one's own: nothing is listed then, unless
// all of them are wanted. `rules` and, below, `shown` live in the caller's frame.
net::awaitable<Status> ask_namespaces(client::Connection& connection, Rules& rules) {
    if (!connection.has("NAMESPACE")) co_return Status{};
    Result<wire::NamespaceData> told = fail(Errc::protocol, "NAMESPACE: no answer");
    auto sink = [&told](client::Untagged& untagged) -> Status {
        const auto* other = std::get_if<wire::OtherData>(&untagged.response);
        if (other != nullptr && other->name == "NAMESPACE")
            told = wire::parse_namespaces(other->rest);
        return {};
    };
    auto asked = co_await connection.run(wire::Namespace{}, std::move(sink));
    if (!asked && (!connection.usable() || client::passes(asked.error().code))) co_return asked;
    if (!asked) told = std::unexpected(asked.error());
    if (told) {
        rules.namespaces = std::move(*told);
        co_return Status{};
    }
    log::warning("sync.namespaces", {{"problem", told.error().text}});
    if (rules.other_users && rules.shared) co_return Status{};
    co_return fail(
        Errc::protocol,
        fmt::format("{}: which mailboxes are those of others is not known. Where the server never "
                    "tells, other_users = true and shared = true mirror all that it lists",
                    told.error().text));
}

net::awaitable<Status> ask_list(client::Connection& connection, std::string pattern,
                                std::vector<wire::ListData>& shown) {
    wire::List list;
    list.patterns = {std::move(pattern)};
    // RFC 6154 2: servers may, but need not, show special uses without being asked.
    list.extended = connection.has("SPECIAL-USE") && connection.has("LIST-EXTENDED");
    if (list.extended) list.returns = {"SPECIAL-USE"};
    std::size_t octets = 0;
    auto sink = [&shown, &octets](client::Untagged& untagged) -> Status {
        auto* data = std::get_if<wire::ListData>(&untagged.response);
        if (data == nullptr || data->lsub) return {};
        octets += data->mailbox.size() + data->spelling.size() + octets_in(data->attributes);
        shown.push_back(std::move(*data));
        if (shown.size() > mailbox_limit || octets > listing_octets_most)
            return fail(Errc::limit, "a LIST answer without end");
        return {};
    };
    co_return co_await connection.run(std::move(list), std::move(sink));
}

std::vector<std::string> patterns_of_others(const Rules& rules) {
    std::vector<std::string> patterns;
    const auto add = [&](const auto& namespaces) {
        for (const auto& one : namespaces)
            if (!one.prefix.empty()) patterns.push_back(one.prefix + "*");
    };
    if (rules.other_users) add(rules.namespaces.other_users);
    if (rules.shared) add(rules.namespaces.shared);
    return patterns;
}

}  // namespace

net::awaitable<Result<ListingPlan>> list_mailboxes(Workplace place,
                                                   client::Connection& connection) {
    const auto garbled_before = connection.garbled();
    Rules rules{place.account.exclude, {}, place.account.other_users, place.account.shared};
    auto told = co_await ask_namespaces(connection, rules);
    if (!told) co_return std::unexpected(told.error());
    std::vector<wire::ListData> shown;
    auto listed = co_await ask_list(connection, "*", shown);
    // A server need not list others' mailboxes under "*" (RFC 2342 5).
    for (const auto& pattern : patterns_of_others(rules))
        if (listed) listed = co_await ask_list(connection, pattern, shown);
    if (!listed) co_return std::unexpected(listed.error());
    // A line that could not be read may have been a mailbox: nothing follows from its absence.
    if (connection.garbled() != garbled_before)
        co_return fail(Errc::protocol, "LIST: a part of the answer could not be read");

    auto work = [&archive = place.archive, account = place.account.name] {
        return recorded_of(archive, account);
    };
    auto recorded = co_await net::offload(place.pool, std::move(work));
    if (!recorded) co_return std::unexpected(recorded.error());
    auto plan = plan_listing(place.account.name, shown, *recorded, rules);
    if (!plan) co_return std::unexpected(plan.error());
    auto stored = co_await record(place, std::exchange(plan->facts, {}));
    if (!stored) co_return std::unexpected(stored.error());
    co_return plan;
}

net::awaitable<Result<std::vector<std::string>>> survey(Workplace place,
                                                        client::Connection& connection,
                                                        std::vector<std::string> mailboxes,
                                                        Depth depth) {
    auto left = co_await leave_mailbox(connection);
    if (!left) co_return std::unexpected(left.error());
    auto shown = co_await ask_status(connection, mailboxes);
    if (!shown) co_return std::unexpected(shown.error());
    auto work = [&archive = place.archive, account = place.account.name, mailboxes,
                 shown = std::move(*shown),
                 depth] { return judge(archive, account, mailboxes, shown, depth); };
    auto verdicts = co_await net::offload(place.pool, std::move(work));
    if (!verdicts) co_return std::unexpected(verdicts.error());

    std::vector<std::string> changed;
    for (auto& verdict : *verdicts) {
        place.progress.missing(verdict.mailbox, verdict.missing);
        place.progress.quarantined(verdict.mailbox, verdict.quarantined);
        const bool doubtful = !place.ids.believed() && place.ids.trusts_in(verdict.mailbox);
        if (!verdict.unchanged || doubtful) changed.push_back(std::move(verdict.mailbox));
    }
    co_return changed;
}

}  // namespace mailhold::imap::sync
