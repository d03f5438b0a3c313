// ClientCore: tags, pipelining, and the routing of what comes back.
#include "imap/client/client_core.hpp"

#include "imap/wire/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace mailhold::imap::client {
namespace {

constexpr std::size_t small_literal =
    4096;  // RFC 7888 5: LITERAL- allows non-synchronising ones up to here

// RFC 9051 E, as far as we ask for it.
constexpr std::array<std::string_view, 9> parts_of_rev2{
    "NAMESPACE", "UNSELECT", "ESEARCH",       "ENABLE",     "IDLE",
    "SASL-IR",   "LITERAL-", "LIST-EXTENDED", "SPECIAL-USE"};

std::set<std::string, std::less<>> words(std::string_view text) {
    std::set<std::string, std::less<>> found;
    std::string word;
    for (const char c : text) {
        if (c != ' ') {
            word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            found.insert(std::exchange(word, {}));
        }
    }
    if (!word.empty()) found.insert(std::move(word));
    return found;
}

bool asks_for_octets(const wire::CommandBody& body) {
    using Kind = wire::FetchItem::Kind;
    const auto* fetch = std::get_if<wire::Fetch>(&body);
    return fetch != nullptr && std::ranges::any_of(fetch->items, [](const auto& item) {
               return item.kind == Kind::section || item.kind == Kind::binary;
           });
}

}  // namespace

std::string printable(std::string_view text) {
    std::string shown(text.substr(0, 200));
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
}

ClientCore::ClientCore(Start start, Limits limits)
    : limits_(limits), framer_(limits.framer), greeted_(start == Start::after_starttls) {}

ClientCore::Asks ClientCore::asked_by(const wire::CommandBody& body) {
    if (std::holds_alternative<wire::List>(body)) return Asks::list;
    if (std::holds_alternative<wire::Status>(body)) return Asks::status;
    if (std::holds_alternative<wire::Search>(body)) return Asks::search;
    return std::holds_alternative<wire::Fetch>(body) ? Asks::fetch : Asks::nothing;
}

ClientCore::Asks ClientCore::answered_by(const wire::Response& response) {
    if (std::holds_alternative<wire::ListData>(response)) return Asks::list;
    if (std::holds_alternative<wire::StatusData>(response)) return Asks::status;
    if (std::holds_alternative<wire::SearchData>(response) ||
        std::holds_alternative<wire::ESearchData>(response))
        return Asks::search;
    return std::holds_alternative<wire::FetchData>(response) ? Asks::fetch : Asks::nothing;
}

CommandId ClientCore::submit(wire::CommandBody body) {
    Pending pending;
    pending.asks = asked_by(body);
    pending.octets = asks_for_octets(body);
    pending.id = CommandId{next_id_++};
    pending.tag = fmt::format("M{}", std::to_underlying(pending.id));
    if (std::holds_alternative<wire::Authenticate>(body)) pending.kind = Kind::authenticate;
    if (std::holds_alternative<wire::Idle>(body)) pending.kind = Kind::idle;
    const bool changes_line = std::holds_alternative<wire::StartTls>(body) ||
                              std::holds_alternative<wire::Compress>(body);
    if (changes_line) pending.kind = Kind::change_of_line;

    const wire::Command command{pending.tag, std::move(body)};
    auto pieces = wire::write_command(command, wire::LiteralForm::synchronising, names());
    std::size_t size = 0;
    for (const auto& piece : pieces) size += piece.size();
    if (has("LITERAL+") || (has("LITERAL-") && size <= small_literal)) {
        pieces = wire::write_command(command, wire::LiteralForm::non_synchronising, names());
    }
    pending.pieces.assign(std::make_move_iterator(pieces.begin()),
                          std::make_move_iterator(pieces.end()));
    const auto id = pending.id;
    pending_.push_back(std::move(pending));
    return id;
}

bool ClientCore::has(std::string_view capability) const {
    return capabilities_.contains(capability) ||
           (std::ranges::count(parts_of_rev2, capability) > 0 && speaks_rev2());
}

// A server that offers both begins with IMAP4rev1 (RFC 9051 6.3.1).
bool ClientCore::speaks_rev2() const {
    return enabled("IMAP4REV2") ||
           (capabilities_.contains("IMAP4REV2") && !capabilities_.contains("IMAP4REV1"));
}

wire::NameForm ClientCore::names() const {
    return speaks_rev2() || enabled("UTF8=ACCEPT") ? wire::NameForm::utf8
                                                   : wire::NameForm::modified_utf7;
}

void ClientCore::finish_idle() {
    for (auto& pending : pending_) {
        if (pending.kind != Kind::idle || pending.finish) continue;
        pending.finish = true;
        if (pending.begun) output_ += "DONE\r\n";  // else as soon as it has begun
    }
}

bool ClientCore::waiting() const {
    return !blocked_ && std::ranges::count(pending_, false, &Pending::sent) > 0;
}

std::size_t ClientCore::in_flight() const {
    return static_cast<std::size_t>(std::ranges::count(pending_, true, &Pending::sent));
}

void ClientCore::withdraw() {
    std::erase_if(pending_, [](const Pending& pending) { return !pending.sent; });
}

std::string ClientCore::take_output(std::size_t commands) {
    const auto most = begun_ + std::min(commands, pending_.size());
    for (auto& pending : pending_) {
        if (blocked_ || (!pending.sent && begun_ == most)) break;
        if (!std::exchange(pending.sent, true)) ++begun_;
        while (!pending.pieces.empty() && !blocked_) {
            output_ += pending.pieces.front();
            pending.pieces.pop_front();
            if (!pending.pieces.empty() || pending.kind != Kind::plain) blocked_ = pending.id;
        }
    }
    return std::exchange(output_, {});
}

ClientCore::Event ClientCore::next() {
    while (!error_) {
        if (auto event = step()) return std::move(*event);
    }
    return Broken{*error_};
}

std::optional<ClientCore::Event> ClientCore::step() {
    auto event = framer_.next();
    using Step = std::optional<Event>;
    struct Visitor {
        ClientCore& core;
        Step operator()(wire::ResponseFramer::Nothing) { return Nothing{}; }
        Step operator()(wire::ResponseFramer::Response& response) {
            return core.on_response(response.octets, response.streamed);
        }
        Step operator()(const wire::ResponseFramer::LiteralBegin& begin) {
            if (!core.greeted_)
                return core.broken(Errc::protocol, "a literal instead of a greeting");
            // It costs disk, which nobody but us may spend.
            if (std::ranges::count(core.pending_, true, &Pending::octets) == 0)
                return core.broken(Errc::protocol, "a large literal that nobody asked for");
            return LiteralBegin{begin.size};
        }
        Step operator()(const wire::ResponseFramer::LiteralData& data) {
            return LiteralData{data.octets};
        }
        Step operator()(wire::ResponseFramer::LiteralEnd) { return LiteralEnd{}; }
        Step operator()(const wire::ResponseFramer::Broken& broken) {
            return core.broken(Errc::protocol, printable(broken.text));
        }
    };
    return std::visit(Visitor{*this}, event);
}

std::optional<ClientCore::Event> ClientCore::on_response(const std::string& octets,
                                                         std::size_t streamed) {
    auto response = wire::parse_response(octets);
    if (!response) {
        const auto text =
            fmt::format("a response that is not IMAP: {}", printable(response.error().text));
        // One odd untagged response costs what it said, not the connection; a stream of them is no
        // IMAP server.
        const bool bearable = greeted_ && octets.starts_with("* ") && ++garbled_ <= limits_.garbled;
        if (bearable) return Garbled{text};
        return broken(Errc::protocol, text);
    }
    if (auto* status = std::get_if<wire::StatusResponse>(&*response))
        return on_status(std::move(*status));
    if (!greeted_) return broken(Errc::protocol, "no greeting: this is not an IMAP server");
    if (const auto* continuation = std::get_if<wire::Continuation>(&*response))
        return on_continuation(continuation->text);
    if (const auto* data = std::get_if<wire::CapabilityData>(&*response)) {
        capabilities_ = {data->capabilities.begin(), data->capabilities.end()};
    } else if (const auto* agreed = std::get_if<wire::EnabledData>(&*response)) {
        constexpr std::size_t longest = 64, most = 64;  // we ask for a few, and keep no more
        for (const auto& one : agreed->capabilities)
            if (one.size() <= longest && enabled_.size() < most) enabled_.insert(one);
    }
    if (names() == wire::NameForm::utf8) wire::read_names_as_utf8(*response);
    const auto asks = answered_by(*response);
    const bool asked_for =
        asks != Asks::nothing && std::ranges::count(pending_, asks, &Pending::asks) > 0;
    return Data{std::move(*response), streamed, asked_for};
}

ClientCore::Event ClientCore::on_status(wire::StatusResponse status) {
    if (!greeted_ && status.tag != "*")
        return broken(Errc::protocol, "no greeting: this is not an IMAP server");
    if (status.code && status.code->name == "CAPABILITY")
        capabilities_ = words(status.code->arguments);
    if (status.tag == "*") {
        if (std::exchange(greeted_, true)) return Data{std::move(status), 0, false};
        return Greeting{std::move(status)};
    }
    const auto found = std::ranges::find(pending_, status.tag, &Pending::tag);
    if (found == pending_.end())
        return broken(Errc::protocol, "an answer to a command that was not given");
    const auto id = found->id;
    pending_.erase(
        found);  // with what was not sent of it: the server has refused the command early
    if (blocked_ == id) blocked_.reset();
    return Completed{id, std::move(status)};
}

// Empty where the answer is octets to send and no event.
std::optional<ClientCore::Event> ClientCore::on_continuation(std::string_view text) {
    auto* pending = blocked();
    if (pending != nullptr && !pending->pieces.empty()) {
        blocked_.reset();  // the next piece of a command with a synchronising literal
        return std::nullopt;
    }
    if (pending != nullptr && pending->kind == Kind::authenticate && !pending->asked) {
        auto octets = wire::from_base64(text);
        if (!octets) return broken(Errc::protocol, "a challenge that is no base64");
        pending->asked = true;
        return Challenge{std::move(*octets)};
    }
    if (pending != nullptr && pending->kind == Kind::idle && !pending->begun) {
        pending->begun = true;
        if (pending->finish) output_ += "DONE\r\n";
        return Idling{};
    }
    return broken(Errc::protocol, "a continuation that nobody waits for");
}

void ClientCore::reply(std::string_view line) {
    auto* pending = blocked();
    if (pending == nullptr || !std::exchange(pending->asked, false)) return;
    output_ += line;
    output_ += "\r\n";
}

void ClientCore::answer(std::string_view octets) {
    reply(wire::to_base64(octets));
}

// RFC 9051 6.2.2: "*" cancels.
void ClientCore::give_up() {
    reply("*");
}

ClientCore::Event ClientCore::broken(Errc code, std::string text) {
    error_ = Error{code, std::move(text)};
    return Broken{*error_};
}

ClientCore::Pending* ClientCore::blocked() {
    if (!blocked_) return nullptr;
    const auto found = std::ranges::find(pending_, *blocked_, &Pending::id);
    return found == pending_.end() ? nullptr : &*found;
}

}  // namespace mailhold::imap::client
