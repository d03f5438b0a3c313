// Any octets as a client of the journal: whole or in two pieces, the answers and what is stored are the
// same, and nothing is stored without a recipient.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "intake/journal/session.hpp"

using namespace mailhold::intake::journal;

namespace {

struct Seen {
    std::string answers, stored, message;
};

void act(Session& session, Seen& seen) {
    while (auto event = session.next()) {
        if (auto* reply = std::get_if<Reply>(&*event)) seen.answers += reply->text;
        if (auto* piece = std::get_if<Piece>(&*event)) seen.message += piece->octets;
        if (std::holds_alternative<Discard>(*event)) seen.message.clear();
        if (auto* whole = std::get_if<Store>(&*event)) {
            if (whole->envelope.recipients.empty() || seen.message.empty()) std::abort();
            seen.stored += whole->envelope.sender + '\n' + seen.message;
            seen.message.clear();
            session.stored(Outcome::stored);
        }
        if (std::holds_alternative<StartTls>(*event)) std::abort();  // it was not offered
    }
}

Seen converse(std::string_view octets, std::size_t cut) {
    Policy policy;
    policy.max_size = 200;
    policy.protocol = octets.size() % 2 == 0 ? Protocol::lmtp : Protocol::smtp;
    Session session(policy, Tls::unavailable);
    Seen seen;
    for (const auto piece : {octets.substr(0, cut), octets.substr(cut)}) {
        session.feed(piece);
        act(session, seen);
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const auto whole = converse(octets, size);
    for (const auto cut : {size / 2, size / 3, size == 0 ? 0 : size - 1}) {
        const auto split = converse(octets, cut);
        if (split.answers == whole.answers && split.stored == whole.stored) continue;
        std::fprintf(stderr, "violated: the same wherever it is cut\n");
        std::abort();
    }
    return 0;
}
