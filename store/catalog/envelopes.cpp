// Recipients stand in one column, each ended by a line feed, which no address holds.
#include "store/catalog/envelopes.hpp"

#include <algorithm>

namespace mailhold::store::catalog {
namespace {

constexpr char insert[] =
    "INSERT INTO envelope (record, message, account, mailbox, uidvalidity, uid, time, sender, "
    "recipients, peer, helo, protocol, tls, report) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
    "?10, ?11, ?12, ?13, ?14)";
constexpr char select[] =
    "SELECT v.account, v.mailbox, v.uidvalidity, v.uid, m.digest, v.time, v.sender, v.recipients, "
    "v.peer, v.helo, v.protocol, v.tls, v.report FROM envelope v JOIN message m ON m.number = "
    "v.message WHERE v.message = ?1 ORDER BY v.record";

std::vector<std::string> lines(std::string_view text) {
    std::vector<std::string> found;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1);
        found.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return found;
}

}  // namespace

void insert_envelope(Connection& connection, Sequence record, MessageNumber message,
                     const Journaled& fact) {
    std::string recipients;
    for (const auto& recipient : fact.recipients) recipients += recipient + '\n';
    const Octets report{fact.report ? fact.report->view() : ""};
    connection.run(insert, record, message, fact.generation.account, fact.generation.mailbox,
                   fact.generation.uidvalidity, fact.uid, fact.time.time_since_epoch().count(),
                   fact.sender, recipients, fact.peer, fact.helo, fact.protocol, fact.tls, report);
}

std::vector<Journaled> envelopes(Connection& connection, MessageNumber message) {
    std::vector<Journaled> found;
    auto row = connection.query(select, message);
    while (row.step()) {
        found.push_back({.generation = {row.get<std::string>(0), row.get<std::string>(1),
                                        row.get<UidValidity>(2)},
                         .uid = row.get<Uid>(3),
                         .digest = row.get<Digest>(4),
                         .time = UtcMicros(std::chrono::microseconds(row.get<std::int64_t>(5))),
                         .sender = row.get<std::string>(6),
                         .recipients = lines(row.get<std::string>(7)),
                         .peer = row.get<std::string>(8),
                         .helo = row.get<std::string>(9),
                         .protocol = row.get<std::string>(10),
                         .tls = row.get<std::string>(11),
                         .report = digest_from_bytes(row.get<std::string>(12))});
    }
    return found;
}

}  // namespace mailhold::store::catalog
