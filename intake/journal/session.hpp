// The server's side of LMTP (RFC 2033) and SMTP (RFC 5321), as a pure core: octets in, events out. It
// holds no socket, file or clock. Nothing is acknowledged here that was not said to be stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "intake/journal/command.hpp"
#include "intake/journal/data_decoder.hpp"
#include "intake/journal/observer.hpp"

namespace mailhold::intake::journal {

enum class Protocol { lmtp, smtp };
enum class Tls { unavailable, offered, active };

struct Policy {
    Protocol protocol = Protocol::lmtp;
    std::string name;                     // ours
    std::uint64_t max_size = 128 << 20;   // octets of a message
    std::vector<std::string> recipients;  // addresses, or domains, that are accepted; none: all
    std::size_t max_recipients = 1'000;   // of one message; RFC 5321 4.5.3.1.8 wants 100
};

struct Envelope {
    std::string sender;                   // empty: <>
    std::vector<std::string> recipients;  // that were accepted
    std::string helo;
    std::string protocol;  // RFC 3848, RFC 6531 4.3: "SMTP", "ESMTPS", "UTF8LMTP"
    bool operator==(const Envelope&) const = default;
};

struct Reply {  // to be written, with its CR LF
    std::string text;
};
struct Piece {  // the next octets of the message
    std::string octets;
};
struct Discard {};  // the pieces so far: the message will not be stored
struct Store {      // the pieces are all; answer with stored()
    Envelope envelope;
};
struct Refused {  // a message or a recipient; its replies come too
    Refusal why{};
};
struct StartTls {};  // shake hands once the replies are written; then tls_started()
struct Close {};     // once the replies are written; nothing comes after it
using Event = std::variant<Reply, Piece, Discard, Store, Refused, StartTls, Close>;

// How storing ended; and what the client may do about it.
enum class Outcome { stored, no_room, not_now };

// RFC 5321 4.2.1, RFC 3463: greetings for those who are not served at all; then the line is closed.
inline constexpr std::string_view too_many = "421 4.3.2 Too many connections; try again later\r\n";
inline constexpr std::string_view stranger = "554 5.7.1 This network is not served here\r\n";

class Session {
  public:
    static constexpr std::size_t longest_line = 4'096;  // RFC 5321 4.5.3.1.4, and its extensions
    static constexpr std::size_t most_errors = 20;

    Session(Policy policy, Tls tls);  // begins with its greeting

    void feed(std::string_view octets);
    // The next thing to do; none until more is fed, stored() or tls_started().
    std::optional<Event> next();
    void stored(Outcome outcome);
    void tls_started();
    // How much a message may have now, for all that is known; more is put off.
    void set_room(std::uint64_t octets) { room_ = octets; }
    // With 421 (RFC 5321 3.8), unless a message is being stored.
    void end(std::string_view enhanced_code, std::string_view why);

  private:
    enum class Waits { nothing, storing, handshake, never };
    struct Transaction {
        std::string sender;
        std::vector<std::string> recipients;
        bool utf8 = false;
    };

    bool advance();
    bool advance_commands();
    bool advance_data();
    void finish_data();
    void run(const Hello& command);
    void run(const MailFrom& command);
    void run(const RcptTo& command);
    void run(Plain command);
    void run(const Wrong& command);
    void begin_data();
    void begin_tls();
    bool accepts(std::string_view recipient) const;
    std::string protocol_word() const;
    void reply(std::string_view text);
    void reply_each(std::string_view text);  // RFC 2033 4.2: LMTP answers for each recipient
    void refuse(Refusal why, std::string_view text);
    void refuse_each(Refusal why, std::string_view text);
    void close() { events_.emplace_back(Close{}), waits_ = Waits::never; }

    const Policy policy_;
    Tls tls_;
    std::uint64_t room_ = ~std::uint64_t{0};
    std::string input_;
    std::size_t at_ = 0;  // what of it is done
    std::deque<Event> events_;
    Waits waits_ = Waits::nothing;
    std::optional<Hello> hello_;
    std::optional<Transaction> mail_;
    std::optional<DataDecoder> data_;  // while a message comes
    std::uint64_t size_ = 0;           // of it so far
    std::size_t errors_ = 0;
};

}  // namespace mailhold::intake::journal
