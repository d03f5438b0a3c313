// A mail program that believes only what the server says, and finds every contradiction in it: what
// is told without being asked, sequence numbers that do not fit the UIDs, expunges where none may
// be, commands without an answer. It knows from its own octets, as the server does, where commands
// end; nothing else is shared with the server.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command.hpp"
#include "imap/wire/framer.hpp"
#include "imap/wire/response.hpp"
#include "tests/model/truth.hpp"

namespace mailhold::model {

// What it knows of the mailbox it selected: messages in order, as far as it was told.
struct Opened {
    struct Message {
        std::optional<Uid> uid;
        std::optional<Flags> flags;
        ModSeq modseq{};
    };
    std::string name;
    UidValidity uidvalidity{};
    Uid uidnext{};
    ModSeq highest{};
    std::vector<Message> messages;
    bool knows_all() const;
};

class Client {
  public:
    // What may never be among the octets it receives; "" for anything.
    explicit Client(std::string_view forbidden);

    void sent(std::string_view octets) { framer_.feed(octets); }
    void received(std::string_view octets);  // in pieces as they come
    void quiet();                            // the server waits: it must owe nothing

    const std::optional<Opened>& opened() const { return opened_; }
    bool sees_no_numbers() const { return uid_only_; }  // RFC 9586
    // Of what changes in the selected mailbox, by NOTIFY (RFC 5465): all of it at once, or with the next answer as
    // without NOTIFY, or less than that.
    enum class Hears { at_once, with_answers, less };
    Hears hears() const { return hears_; }
    // The last command that was answered, and how many there were.
    struct Answered {
        std::optional<imap::wire::CommandBody> command;  // none: it could not be understood
        imap::wire::StatusResponse answer;
    };
    const Answered& answered() const { return answered_; }
    std::size_t answers() const { return answers_; }
    bool idles() const;
    bool said_bye() const { return bye_; }
    // After a SELECT with resync(): what is known now of each message, as the server told it.
    struct Remembered {
        UidValidity uidvalidity{};
        ModSeq highest{};
        std::map<Uid, Flags> messages;
    };
    const std::optional<Remembered>& resynced() const { return resynced_; }
    // "(QRESYNC (...))" with what is known of a mailbox left before; empty where nothing is.
    std::string resync(const std::string& mailbox) const;

  private:
    struct Work {
        std::string tag;
        std::optional<imap::wire::CommandBody> command;
        bool line_owed = false;  // it was asked for a line: of AUTHENTICATE, or DONE
    };
    bool look_for_work();
    void take_owed_line();
    void refused_ahead();
    void begin(const imap::wire::CommandBody& command);
    void finish(const imap::wire::StatusResponse& answer);
    void leave();
    Opened& mailbox(std::string_view response);
    Opened::Message& message(std::uint32_t sequence, std::string_view response);
    void note_uid(std::uint32_t sequence, Uid uid);
    bool counts() const;  // the command in work: no sequence number may change meanwhile
    template <class Command>
    const Command* at_work() const {
        return work_ && work_->command ? std::get_if<Command>(&*work_->command) : nullptr;
    }

    void take(const imap::wire::StatusResponse& status);
    void take(const imap::wire::Continuation& asked);
    void take(const imap::wire::EnabledData& enabled);
    void take(const imap::wire::ExistsData& exists);
    void take(const imap::wire::ExpungeData& expunged);
    void take(const imap::wire::VanishedData& vanished);
    void take(const imap::wire::FetchData& data);
    void take(const imap::wire::SearchData& found);
    void take(const imap::wire::ESearchData& found);
    template <class Response>
    void take(const Response&) {}

    const std::string forbidden_;
    imap::wire::CommandFramer framer_;
    imap::wire::ResponseFramer responses_;
    std::string tail_;  // of what was received, as long as what is forbidden
    std::optional<Work> work_;
    bool greeted_ = false, bye_ = false, plus_owed_ = false;
    std::string waiting_;  // the command whose literal is not asked for yet, where it is a message
    bool qresync_ = false, uid_only_ = false, notified_ = false;
    Hears hears_ = Hears::with_answers;
    std::optional<Opened> opened_, opening_;
    // Of mailboxes when they were left; and what a SELECT makes of it.
    std::map<std::string, Remembered> remembered_;
    std::optional<Remembered> resyncing_, resynced_;
    Answered answered_;
    std::size_t answers_ = 0;
};

}  // namespace mailhold::model
