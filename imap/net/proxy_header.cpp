#include "imap/net/proxy_header.hpp"

#include <algorithm>

namespace mailhold::imap::net {
namespace {

constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed = 16;  // octets before the addresses

unsigned octet(std::string_view octets, std::size_t at) {
    return static_cast<unsigned char>(octets[at]);
}

std::unexpected<Error> none(const char* why) {
    return fail(Errc::protocol, why);
}

}  // namespace

Result<std::size_t> proxy_header_size(std::string_view octets) {
    const auto begin = std::min(octets.size(), signature.size());
    if (octets.substr(0, begin) != signature.substr(0, begin))
        return none("this is no PROXY header of version 2");
    if (octets.size() < fixed) return fixed;
    if (octet(octets, 12) >> 4 != 2) return none("a PROXY header of an unknown version");
    const std::size_t size = fixed + (octet(octets, 14) << 8 | octet(octets, 15));
    if (size > most_proxy_header) return fail(Errc::limit, "a PROXY header is too long");
    return size;
}

Result<ProxyHeader> read_proxy_header(std::string_view octets) {
    const auto size = proxy_header_size(octets);
    if (!size) return std::unexpected(size.error());
    if (*size != octets.size()) return none("a PROXY header is not whole");
    const auto command = octet(octets, 12) & 0xf;
    if (command == 0) return ProxyHeader{};  // LOCAL: whatever addresses it has are worth nothing
    if (command != 1) return none("a PROXY header of an unknown command");
    const auto family = octet(octets, 13) >> 4, protocol = octet(octets, 13) & 0xf;
    if (family > 3 || protocol > 1) return none("a PROXY header of no connection");
    if (family == 0 || family == 3 || protocol == 0) return ProxyHeader{};  // unknown, or local
    const std::size_t length = family == 1 ? 4 : 16;
    const auto addresses = octets.substr(fixed);
    if (addresses.size() < 2 * length + 4) return none("a PROXY header without its addresses");
    ProxyHeader::Address client;
    if (length == 4) client.octets[10] = client.octets[11] = 0xff;
    std::ranges::copy(addresses.substr(0, length),
                      client.octets.end() - static_cast<std::ptrdiff_t>(length));
    const auto port = 2 * length;  // behind both addresses
    client.port =
        static_cast<std::uint16_t>(octet(addresses, port) << 8 | octet(addresses, port + 1));
    return ProxyHeader{client};
}

}  // namespace mailhold::imap::net
