// A ClientCore and what it tells, as text: one line an event, whatever pieces the octets came in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/client/client_core.hpp"

namespace mailhold::imap::client {

struct Transcript {
    ClientCore core;
    std::string told;

    explicit Transcript(ClientCore::Start start = ClientCore::Start::greeting,
                        ClientCore::Limits limits = {})
        : core(start, limits) {}

    Transcript& server(std::string_view octets) {
        core.feed(octets);
        while (tell(core.next())) {
        }
        return *this;
    }
    Transcript& server_slowly(std::string_view octets) {
        for (const char octet : octets) server({&octet, 1});
        return *this;
    }

  private:
    bool tell(const ClientCore::Event& event) {
        using Core = ClientCore;
        if (std::holds_alternative<Core::Nothing>(event)) return false;
        if (const auto* greeting = std::get_if<Core::Greeting>(&event))
            told += "greeting " + greeting->status.text;
        if (const auto* data = std::get_if<Core::Data>(&event)) {
            told += "data";
            if (const auto* exists = std::get_if<wire::ExistsData>(&data->response)) {
                told += " exists " + std::to_string(exists->messages);
            }
            if (data->streamed > 0) told += " streamed " + std::to_string(data->streamed);
        }
        if (const auto* begin = std::get_if<Core::LiteralBegin>(&event)) {
            told += "literal " + std::to_string(begin->size) + ": ";
            return true;
        }
        if (const auto* octets = std::get_if<Core::LiteralData>(&event)) {
            told += octets->octets;
            return true;
        }
        if (std::holds_alternative<Core::Idling>(event)) told += "idling";
        if (const auto* challenge = std::get_if<Core::Challenge>(&event))
            told += "challenge " + challenge->octets;
        if (std::holds_alternative<Core::Garbled>(event)) told += "garbled";
        if (const auto* completed = std::get_if<Core::Completed>(&event)) {
            told += std::to_string(std::to_underlying(completed->command)) + " done " +
                    completed->status.text;
        }
        const auto* broken = std::get_if<Core::Broken>(&event);
        if (broken != nullptr) told += "broken: " + broken->error.text;
        told += "\n";
        return broken == nullptr;
    }
};

}  // namespace mailhold::imap::client
