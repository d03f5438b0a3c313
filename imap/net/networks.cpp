#include "imap/net/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mailhold::imap::net {
namespace {

constexpr unsigned v4_prefix = 96;  // RFC 4291 2.5.5.2

bool contains(const Network& network, const std::array<std::uint8_t, 16>& address) {
    for (unsigned i = 0; i < network.bits; i += 8) {
        const auto left = std::min(network.bits - i, 8U);
        const auto mask = static_cast<std::uint8_t>(0xff00U >> left);
        if (((network.address[i / 8] ^ address[i / 8]) & mask) != 0) return false;
    }
    return true;
}

}  // namespace

std::optional<Network> parse_network(std::string_view text) {
    const auto slash = std::min(text.find('/'), text.size());
    const std::string address(text.substr(0, slash));
    Network network;
    unsigned before = 0;
    if (inet_pton(AF_INET, address.c_str(), network.address.data() + v4_prefix / 8) == 1) {
        network.address[10] = network.address[11] = 0xff;
        before = v4_prefix;
    } else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) {
        return std::nullopt;
    }
    if (slash == text.size()) return network;
    const auto digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (problem != std::errc{} || end != digits.data() + digits.size() || bits > 128 - before)
        return std::nullopt;
    network.bits = before + bits;
    return network;
}

bool is_within(std::string_view address, const std::vector<Network>& networks) {
    const auto one = parse_network(address);
    return one && one->bits == 128 && std::ranges::any_of(networks, [&](const Network& network) {
               return contains(network, one->address);
           });
}

}  // namespace mailhold::imap::net
