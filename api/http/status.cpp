// Overview from the projections, and as JSON.
#include "api/http/status.hpp"

#include <boost/json.hpp>

#include "api/http/reconciled_json.hpp"

#include <cstdio>
#include <map>

#include "indexer/engine/index.hpp"

namespace mailhold::http {
namespace {

namespace json = boost::json;

json::value moment(const std::optional<UtcMicros>& time) {
    return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

json::object mirror_object(const MirrorStatus& mirror) {
    return {{"state", mirror.state},
            {"problem", mirror.problem},
            {"mailboxes", mirror.mailboxes},
            {"mailboxes_done", mirror.mailboxes_done},
            {"messages", mirror.messages},
            {"messages_done", mirror.messages_done},
            {"unaccounted", mirror.unaccounted},
            {"quarantined", mirror.quarantined},
            {"throttled", mirror.throttled},
            {"throttled_seconds", mirror.throttled_seconds},
            {"last_success", moment(mirror.last_success)}};
}

json::object account_object(const AccountStatus& account) {
    json::object object = {{"name", account.name},           {"url", account.url},
                           {"mailboxes", account.mailboxes}, {"messages", account.messages},
                           {"octets", account.octets},       {"unaccounted", account.unaccounted}};
    if (account.reconciled) object["reconciled"] = to_object(*account.reconciled);
    if (account.mirror) object["mirror"] = mirror_object(*account.mirror);
    return object;
}

// The reverse of to_rfc3339.
std::optional<UtcMicros> moment_from(const std::string& text) {
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%6uZ", &year, &month, &day, &hour,
                    &minute, &second, &micros) != 7)
        return std::nullopt;
    using namespace std::chrono;
    year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok()) return std::nullopt;
    return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + microseconds(micros);
}

// Fields of an object that may lack any of them.
class Fields {
  public:
    explicit Fields(const json::value& value) : object_(value.if_object()) {}
    void read(std::string_view key, std::uint64_t& target) const {
        const auto* value = find(key);
        json::error_code error;
        if (value != nullptr && value->is_number())
            if (auto count = value->to_number<std::uint64_t>(error); !error) target = count;
    }
    void read(std::string_view key, std::string& target) const {
        const auto* value = find(key);
        if (value != nullptr && value->is_string()) target = std::string(value->get_string());
    }
    void read(std::string_view key, std::optional<UtcMicros>& target) const {
        std::string text;
        read(key, text);
        target = moment_from(text);
    }
    const json::value* find(std::string_view key) const {
        return object_ == nullptr ? nullptr : object_->if_contains({key.data(), key.size()});
    }

  private:
    const json::object* object_;
};

MirrorStatus mirror_from(const json::value& value) {
    MirrorStatus mirror;
    Fields fields(value);
    fields.read("state", mirror.state);
    fields.read("problem", mirror.problem);
    fields.read("mailboxes", mirror.mailboxes);
    fields.read("mailboxes_done", mirror.mailboxes_done);
    fields.read("messages", mirror.messages);
    fields.read("messages_done", mirror.messages_done);
    fields.read("unaccounted", mirror.unaccounted);
    fields.read("quarantined", mirror.quarantined);
    fields.read("throttled", mirror.throttled);
    fields.read("throttled_seconds", mirror.throttled_seconds);
    fields.read("last_success", mirror.last_success);
    return mirror;
}

store::Reconciled reconciled_from(const json::value& value, const std::string& account) {
    store::Reconciled report;
    report.generation.account = account;
    Fields fields(value);
    std::optional<UtcMicros> began, ended;
    std::uint64_t mailboxes = 0;
    fields.read("began", began);
    fields.read("ended", ended);
    fields.read("mailboxes", mailboxes);
    fields.read("shown", report.shown);
    fields.read("missing", report.missing);
    fields.read("replaced", report.replaced);
    fields.read("gone", report.gone);
    fields.read("repaired", report.repaired);
    fields.read("unaccounted", report.unaccounted);
    fields.read("problem", report.problem);
    report.began = began.value_or(UtcMicros{});
    report.ended = ended.value_or(UtcMicros{});
    report.mailboxes = static_cast<std::uint32_t>(mailboxes);
    return report;
}

AccountStatus account_from(const json::value& value) {
    AccountStatus account;
    Fields fields(value);
    fields.read("name", account.name);
    fields.read("url", account.url);
    fields.read("mailboxes", account.mailboxes);
    fields.read("messages", account.messages);
    fields.read("octets", account.octets);
    fields.read("unaccounted", account.unaccounted);
    if (const auto* report = fields.find("reconciled"))
        account.reconciled = reconciled_from(*report, account.name);
    if (const auto* mirror = fields.find("mirror")) account.mirror = mirror_from(*mirror);
    return account;
}

}  // namespace

json::object to_object(const store::Reconciled& report) {
    return {{"began", to_rfc3339(report.began)},
            {"ended", to_rfc3339(report.ended)},
            {"mailboxes", report.mailboxes},
            {"shown", report.shown},
            {"missing", report.missing},
            {"replaced", report.replaced},
            {"gone", report.gone},
            {"repaired", report.repaired},
            {"unaccounted", report.unaccounted},
            {"problem", report.problem}};
}

Result<Overview> read_status(const store::ArchiveReader& archive) {
    // The index first: it never holds what the catalog read after it does not.
    auto indexed = indexer::engine::indexed_through(archive.index_folder());
    if (!indexed && indexed.error().code != Errc::not_found)
        return std::unexpected(indexed.error());
    auto totals = archive.totals();
    if (!totals) return std::unexpected(totals.error());
    auto accounts = archive.accounts();
    if (!accounts) return std::unexpected(accounts.error());
    auto mailboxes = archive.mailboxes();
    if (!mailboxes) return std::unexpected(mailboxes.error());
    auto balances = archive.balances();
    if (!balances) return std::unexpected(balances.error());

    Overview status;
    status.messages = totals->messages;
    status.octets = totals->octets;
    status.sightings = totals->sightings;
    status.quarantined = totals->quarantined;
    status.records = number(totals->applied);
    status.indexed = number(indexed.value_or(MessageNumber{}));
    if (totals->messages > 0) {
        auto last = archive.message(MessageNumber(static_cast<std::uint32_t>(totals->messages)));
        if (!last) return std::unexpected(last.error());
        status.last_archived = last->archived_at;
    }
    std::map<std::string, AccountStatus> by_name;
    for (const auto& account : *accounts) {
        by_name[account.account].name = account.account;
        by_name[account.account].url = account.url;
    }
    for (const auto& mailbox : *mailboxes) {
        auto account = by_name.find(mailbox.account);
        if (account == by_name.end()) continue;
        if (mailbox.kind == store::MailboxKind::all_mail) {
            account->second.messages = mailbox.messages;
            account->second.octets = mailbox.octets;
        } else if (mailbox.kind == store::MailboxKind::mirrored && !mailbox.gone) {
            ++account->second.mailboxes;
        }
    }
    for (auto& balance : *balances) {
        auto account = by_name.find(balance.account);
        if (account == by_name.end()) continue;
        account->second.unaccounted = balance.unaccounted;
        account->second.reconciled = std::move(balance.reconciled);
    }
    for (auto& [name, account] : by_name) status.accounts.push_back(std::move(account));
    return status;
}

std::string to_json(const Overview& status) {
    json::array accounts;
    for (const auto& account : status.accounts) accounts.push_back(account_object(account));
    return json::serialize(json::object{{"messages", status.messages},
                                        {"octets", status.octets},
                                        {"sightings", status.sightings},
                                        {"quarantined", status.quarantined},
                                        {"records", status.records},
                                        {"indexed", status.indexed},
                                        {"index_lag", status.index_lag()},
                                        {"last_archived", moment(status.last_archived)},
                                        {"started", moment(status.started)},
                                        {"accounts", std::move(accounts)}});
}

Result<Overview> status_from_json(std::string_view text) {
    json::error_code error;
    auto value = json::parse({text.data(), text.size()}, error);
    if (error || !value.is_object()) return fail(Errc::protocol, "the status is not a JSON object");
    Overview status;
    Fields fields(value);
    fields.read("messages", status.messages);
    fields.read("octets", status.octets);
    fields.read("sightings", status.sightings);
    fields.read("quarantined", status.quarantined);
    fields.read("records", status.records);
    fields.read("indexed", status.indexed);
    fields.read("last_archived", status.last_archived);
    fields.read("started", status.started);
    const auto* accounts = fields.find("accounts");
    if (accounts != nullptr && accounts->is_array())
        for (const auto& account : accounts->get_array())
            status.accounts.push_back(account_from(account));
    return status;
}

}  // namespace mailhold::http
