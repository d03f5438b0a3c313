// Gmail: the two tables, and how a set of labels stands in one column.
#include "store/catalog/gmail.hpp"

#include <algorithm>
#include <optional>

#include "store/catalog/answers.hpp"

namespace mailhold::store::catalog {
namespace {

constexpr char select_last[] =
    "SELECT g.message, g.message_id, g.thread_id, l.labels FROM gmail g LEFT JOIN label_set l ON "
    "l.id = g.labels WHERE g.generation = ?1 AND g.uid = ?2 ORDER BY g.record DESC LIMIT 1";
constexpr char select_label_set[] = "SELECT id FROM label_set WHERE labels = ?1";
constexpr char insert_label_set[] = "INSERT INTO label_set (labels) VALUES (?1)";
constexpr char insert_row[] =
    "INSERT OR REPLACE INTO gmail (generation, uid, record, time, message, message_id, thread_id, "
    "labels) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0))";

constexpr char select_of_generation[] =
    "SELECT uid, message, labels FROM gmail WHERE generation = ?1 AND uid >= ?2 AND labels IS NOT "
    "NULL ORDER BY uid, record";
constexpr char select_labels[] = "SELECT labels FROM label_set WHERE id = ?1";
constexpr char select_any[] =
    "SELECT 1 FROM account a JOIN mailbox m ON m.account = a.id JOIN generation e ON e.mailbox = "
    "m.id WHERE a.name = ?1 AND EXISTS (SELECT 1 FROM gmail WHERE generation = e.id) LIMIT 1";
constexpr char select_messages[] =
    "SELECT DISTINCT g.message FROM gmail g JOIN generation e ON e.id = g.generation JOIN mailbox "
    "m ON m.id = e.mailbox JOIN account a ON a.id = m.account WHERE g.message_id = ?2 AND a.name = "
    "?1 LIMIT 2";
constexpr char select_of_message[] =
    "SELECT g.record, g.time, a.name, m.origin_name, e.uidvalidity, g.uid, l.labels FROM gmail g "
    "JOIN generation e ON e.id = g.generation JOIN mailbox m ON m.id = e.mailbox JOIN account a ON "
    "a.id = m.account JOIN label_set l ON l.id = g.labels WHERE g.message = ?1 ORDER BY g.record";

std::string in_one_column(const std::vector<std::string>& labels) {
    std::string text;
    for (const auto& label : labels) text.append(label).push_back('\0');
    return text;
}

std::vector<std::string> labels_in(std::string_view text) {
    std::vector<std::string> labels;
    while (!text.empty()) {
        const auto end = std::min(text.find('\0'), text.size() - 1);
        labels.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return labels;
}

std::uint32_t intern(Connection& connection, const std::vector<std::string>& labels) {
    const auto text = in_one_column(labels);
    auto known = connection.query(select_label_set, Octets{text});
    if (known.step()) return known.get<std::uint32_t>(0);
    connection.run(insert_label_set, Octets{text});
    return static_cast<std::uint32_t>(connection.database().getLastInsertRowid());
}

}  // namespace

bool Gmail::is_known(const Place& place, MessageNumber message, const GmailSeen& fact) {
    auto last = connection_.query(select_last, place.generation, fact.uid);
    return last.step() && last.get<MessageNumber>(0) == message &&
           last.get<std::uint64_t>(1) == fact.message_id &&
           last.get<std::uint64_t>(2) == fact.thread_id &&
           (!fact.labels ||
            (!last.is_null(3) && last.get<std::string>(3) == in_one_column(*fact.labels)));
}

void Gmail::put(const Place& place, MessageNumber message, const GmailSeen& fact,
                const Moment& moment) {
    const auto labels = fact.labels ? intern(connection_, *fact.labels) : 0;
    connection_.run(insert_row, place.generation, fact.uid, moment.sequence,
                    moment.time.time_since_epoch().count(), message, fact.message_id,
                    fact.thread_id, labels);
}

void add_labels(Connection& connection, GenerationId generation, Uid from, GenerationState& state) {
    auto row = connection.query(select_of_generation, generation, from);
    while (row.step()) {
        const auto uid = row.get<Uid>(0);
        const auto one = std::ranges::lower_bound(state.present, uid, {}, &Standing::uid);
        if (one == state.present.end() || one->uid != uid ||
            one->message != row.get<MessageNumber>(1))
            continue;
        one->labels = row.get<std::uint32_t>(2);
        state.label_sets.try_emplace(one->labels);
    }
    for (auto& [id, labels] : state.label_sets) {
        auto set = connection.query(select_labels, id);
        if (set.step()) labels = labels_in(set.get<std::string>(0));
    }
}

bool knows_gmail(Connection& connection, const std::string& account) {
    return connection.query(select_any, account).step();
}

std::map<std::uint64_t, StoredMessage> gmail_messages(Connection& connection,
                                                      const std::string& account,
                                                      std::span<const std::uint64_t> ids) {
    std::map<std::uint64_t, StoredMessage> found;
    for (const auto id : ids) {
        auto row = connection.query(select_messages, account, id);
        if (!row.step()) continue;
        const auto number = row.get<MessageNumber>(0);
        if (row.step()) continue;  // one id for two messages tells nothing
        if (auto stored = message(connection, number)) found.emplace(id, std::move(*stored));
    }
    return found;
}

void add_label_events(Connection& connection, MessageNumber message,
                      std::multimap<std::uint64_t, Event>& events) {
    std::map<std::pair<Generation, Uid>, std::vector<std::string>> before;
    auto row = connection.query(select_of_message, message);
    while (row.step()) {
        Event event{.what = Event::What::labels,
                    .time = UtcMicros(std::chrono::microseconds(row.get<std::int64_t>(1))),
                    .generation = {row.get<std::string>(2), row.get<std::string>(3),
                                   row.get<UidValidity>(4)},
                    .uid = row.get<Uid>(5),
                    .labels = labels_in(row.get<std::string>(6))};
        const auto [known, first] = before.try_emplace({event.generation, event.uid}, event.labels);
        if (!first && known->second == event.labels) continue;
        known->second = event.labels;
        events.emplace(row.get<std::uint64_t>(0), std::move(event));
    }
}

}  // namespace mailhold::store::catalog
