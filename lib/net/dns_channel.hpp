#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>

#include <ares.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::net {

/// c-ares, as /etc/resolv.conf says now, on the loop: no thread, and nothing that blocks but reading that file.
/// Made by make_shared. c-ares owns its sockets: they are only watched here.
class dns_channel : public std::enable_shared_from_this<dns_channel> {
public:
    using addresses = std::vector<boost::asio::ip::address>;
    /// ARES_SUCCESS, with at most eight addresses, or why there are none: ares.h.
    using answer_handler = std::function<void(int status, addresses found)>;

    explicit dns_channel(boost::asio::io_context& loop);
    ~dns_channel();
    dns_channel(const dns_channel&) = delete;
    dns_channel& operator=(const dns_channel&) = delete;

    /// `servers` replaces those of /etc/resolv.conf, as in "127.0.0.1:5300"; empty: it does not. Each server is
    /// waited for as long as that file says, but for so short that within `limit` each one is asked. Returns
    /// what is wrong, for people, or "". Before anything else, and once.
    std::string open(const std::string& servers, std::chrono::steady_clock::duration limit);

    /// Asks the servers for the addresses of this one name, of the family AF_INET or AF_INET6. The handler is
    /// called once, perhaps before this returns; not at all once close() was called.
    void ask(const std::string& name, int family, answer_handler done);
    /// Ends all questions.
    void close();

    /// The names to ask for in place of `name`: resolv.conf(5), "search" and "ndots". They are absolute.
    [[nodiscard]] std::vector<std::string> search(const std::string& name) const;
    /// "name server 192.0.2.53", for people.
    [[nodiscard]] std::string servers() const;

private:
    struct watcher;

    void process(ares_socket_t readable, ares_socket_t writable);
    void watch(int socket, bool read, bool write);
    void wait();
    void wait_for(int socket, const std::shared_ptr<watcher>& on, bool write);

    boost::asio::io_context& loop_;
    ares_channel channel_ = nullptr;
    std::map<int, std::shared_ptr<watcher>> watchers_;
    boost::asio::steady_timer retry_;  ///< when c-ares sends its question again
};

/// What /etc/hosts says of this name, in the order of RFC 6724.
dns_channel::addresses look_into_hosts_file(const std::string& name);

}  // namespace tunnelkeyd::net
