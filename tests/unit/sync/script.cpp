// One small function an event.
#include "tests/unit/sync/script.hpp"

#include <fmt/format.h>

#include <functional>
#include <sstream>
#include <stdexcept>

namespace mailhold::imap::sync {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
    std::istringstream in(line);
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

std::uint32_t number_of(const std::string& word) {
    return static_cast<std::uint32_t>(std::stoul(word));
}

struct Happening {
    OriginState& state;
    Backups& backups;
    const Words& words;  // the event's name first

    const std::string& word(std::size_t i) const { return words.at(i); }
    std::uint32_t number(std::size_t i) const { return number_of(words.at(i)); }
    bool on() const { return words.back() == "on"; }
    OriginMailbox& box() const { return state.mailboxes[word(1)]; }
    std::set<std::uint32_t> uids(std::size_t from) const {
        std::set<std::uint32_t> uids;
        for (auto i = from; i < words.size(); ++i) uids.insert(number(i));
        return uids;
    }
};
using Event = void (*)(const Happening&);

void number_anew(const Happening& h) {
    OriginMailbox anew;
    anew.uidvalidity = h.number(2);
    anew.uidnext = 100;
    for (const auto& [uid, message] : h.box().messages) {
        const auto given = anew.add(message.octets);
        anew.messages[given].flags = message.flags;
    }
    h.box() = std::move(anew);
}

void set_modseq_back(const Happening& h) {
    h.box().modseq = h.number(2);
    for (auto& [uid, message] : h.box().messages)
        message.modseq = std::min(message.modseq, h.box().modseq);
}

const std::map<std::string, Event, std::less<>>& vocabulary() {
    static const std::map<std::string, Event, std::less<>> events{
        {"add",
         [](const Happening& h) {
             for (std::size_t i = 2; i < h.words.size(); ++i) h.box().add(h.word(i));
         }},
        {"fill",
         [](const Happening& h) {
             for (std::uint32_t i = 1; i <= h.number(2); ++i)
                 h.box().add(h.word(3) + std::to_string(i));
         }},
        {"expunge",
         [](const Happening& h) {
             for (const auto uid : h.uids(2)) h.box().expunge(uid);
         }},
        {"clear",
         [](const Happening& h) {
             while (!h.box().messages.empty()) h.box().expunge(h.box().messages.begin()->first);
         }},
        {"flag",
         [](const Happening& h) {
             h.box().flag(h.number(2), {h.words.begin() + 3, h.words.end()});
         }},
        {"label",
         [](const Happening& h) {
             std::string labels;
             for (std::size_t i = 3; i < h.words.size(); ++i)
                 labels += (i > 3 ? " " : "") + h.word(i);
             h.box().label(h.number(2), labels);
         }},
        {"attributes", [](const Happening& h) { h.box().attributes = h.word(2); }},
        {"delete", [](const Happening& h) { h.state.mailboxes.erase(h.word(1)); }},
        {"rename",
         [](const Happening& h) {
             h.state.mailboxes[h.word(2)] = std::exchange(h.box(), {});
             h.state.mailboxes.erase(h.word(1));
         }},
        {"backup", [](const Happening& h) { h.backups[h.word(1)] = h.box(); }},
        {"restore", [](const Happening& h) { h.box() = h.backups.at(h.word(1)); }},
        {"uidvalidity", number_anew},
        {"uidnext", [](const Happening& h) { h.box().shown_uidnext = h.number(2); }},
        {"modseq", set_modseq_back},
        {"nomodseq", [](const Happening& h) { h.box().nomodseq = h.on(); }},
        {"size",
         [](const Happening& h) { h.box().messages.at(h.number(2)).said_size = h.number(3); }},
        {"dates", [](const Happening& h) { h.state.dates = h.on(); }},
        {"refuse", [](const Happening& h) { h.state.refused = h.uids(1); }},
        {"nil", [](const Happening& h) { h.state.nil = h.uids(1); }},
        {"empty", [](const Happening& h) { h.state.empty = h.uids(1); }},
        {"short", [](const Happening& h) { h.state.short_ = h.uids(1); }},
        {"heal", [](const Happening& h) { h.state.refused = h.state.nil = h.state.empty = {}; }},
        {"reversed", [](const Happening& h) { h.state.reversed = h.on(); }},
        {"chatter", [](const Happening& h) { h.state.chatter = h.on(); }},
        {"forgetful", [](const Happening& h) { h.state.forgets_vanished = h.on(); }},
        {"garble", [](const Happening& h) { h.state.garbled = h.number(1); }},
        {"capabilities",
         [](const Happening& h) {
             for (std::size_t i = 1; i < h.words.size(); ++i)
                 h.state.capabilities += " " + h.word(i);
         }},
    };
    return events;
}

}  // namespace

std::vector<std::string> events_of(std::string_view script) {
    std::vector<std::string> events;
    std::istringstream lines{std::string(script)};
    for (std::string line; std::getline(lines, line);) {
        // A `while fetching` takes the rest of its line with it.
        for (std::size_t from = line.find_first_not_of(' '); from < line.size();) {
            const bool whole = line.compare(from, 15, "while fetching:") == 0;
            const auto end = whole ? line.size() : std::min(line.find(';', from), line.size());
            events.push_back(line.substr(from, end - from));
            from = std::min(line.find_first_not_of("; ", end), line.size());
        }
    }
    return events;
}

void happen(OriginState& state, Backups& backups, const std::string& event) {
    constexpr std::string_view deferred = "while fetching:";
    if (event.starts_with(deferred)) {
        state.on_fetch = [&backups,
                          later = events_of(event.substr(deferred.size()))](OriginState& then) {
            for (const auto& one : later) happen(then, backups, one);
        };
        return;
    }
    const auto words = words_of(event);
    const auto known = vocabulary().find(words.at(0));
    if (known == vocabulary().end()) throw std::runtime_error("not an event: " + event);
    known->second({state, backups, words});
}

}  // namespace mailhold::imap::sync
