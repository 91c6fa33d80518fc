#include "net/name_lookup.hpp"

#include "net/dns_channel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace tunnelkeyd::net {

namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr auto resolution_delay = std::chrono::milliseconds(50);  // RFC 8305, section 8

}  // namespace

struct name_lookup::query {
    query(asio::io_context& loop, std::string instead)
        : servers(std::move(instead)), channel(std::make_shared<dns_channel>(loop)), enough(loop) {}

    void start(const std::string& name, steady_clock::time_point deadline);
    void ask_next();
    void answer(int family, int status, const dns_channel::addresses& found);
    void end();

    std::string servers;  ///< in place of resolv.conf's
    std::shared_ptr<dns_channel> channel;
    asio::steady_timer enough;       ///< cancelled where there is nothing to wait for any more
    std::vector<std::string> names;  ///< to ask for, one after another
    std::size_t asked = 0;           ///< how many of them
    unsigned unanswered = 0;         ///< questions for the latest of them
    bool over = false;
    dns_channel::addresses addresses;
    int status = ARES_ENOTFOUND;  ///< why there are none
    std::string problem;          ///< in the channel itself
};

void name_lookup::query::start(const std::string& name, steady_clock::time_point deadline) {
    enough.expires_at(deadline);
    problem = channel->open(servers, deadline - steady_clock::now());
    if (!problem.empty())
        return end();
    addresses = look_into_hosts_file(name);
    if (addresses.empty())
        names = channel->search(name);
    ask_next();
}

void name_lookup::query::ask_next() {
    if (!addresses.empty() || asked == names.size())
        return end();
    const auto name = names[asked++];
    unanswered = 2;
    // The channel, which lives no longer than this, calls them.
    for (const int family : {AF_INET6, AF_INET})
        channel->ask(name, family, [this, family](int how, const dns_channel::addresses& found) {
            answer(family, how, found);
        });
}

void name_lookup::query::answer(int family, int how, const dns_channel::addresses& found) {
    --unanswered;
    addresses.insert(family == AF_INET6 ? addresses.begin() : addresses.end(), found.begin(), found.end());
    // That a server failed tells more than that another name does not exist.
    const bool is_certain = how == ARES_ENOTFOUND || how == ARES_ENODATA;
    if (how != ARES_SUCCESS && (!is_certain || status == ARES_ENOTFOUND))
        status = how;
    if (unanswered == 0)
        ask_next();
    else if (!found.empty())
        enough.expires_at(std::min(enough.expiry(), steady_clock::now() + resolution_delay));
}

void name_lookup::query::end() {
    over = true;
    enough.cancel();
}

name_lookup::name_lookup(asio::io_context& loop, std::string servers)
    : query_(std::make_shared<query>(loop, std::move(servers))) {
}

name_lookup::~name_lookup() {
    query_->channel->close();
    query_->end();
}

asio::awaitable<void> name_lookup::run(std::string name, steady_clock::time_point deadline) {
    const auto waiting_for = query_;
    if (name == "localhost" || name.ends_with(".localhost")) {
        // RFC 6761, section 6.3; a minimal system has no /etc/hosts that would say so.
        waiting_for->addresses = {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
        waiting_for->end();
        co_return;
    }
    waiting_for->start(name, deadline);
    // Whoever moves the timer ends the wait for its old time.
    while (!waiting_for->over && waiting_for->enough.expiry() > steady_clock::now())
        co_await waiting_for->enough.async_wait(asio::as_tuple(asio::use_awaitable));
}

void name_lookup::cancel() {
    query_->channel->close();
    query_->status = ARES_ECANCELLED;
    query_->end();
}

bool name_lookup::is_over() const noexcept {
    return query_->over;
}

const std::vector<asio::ip::address>& name_lookup::addresses() const noexcept {
    return query_->addresses;
}

std::string name_lookup::problem() const {
    const auto& of = *query_;
    if (!of.problem.empty() || !of.addresses.empty())
        return of.problem;
    if (!of.over || of.status == ARES_ETIMEOUT)
        return "no answer from " + of.channel->servers();
    if (of.status == ARES_ENOTFOUND || of.status == ARES_ENODATA || of.status == ARES_ECANCELLED)
        return ares_strerror(of.status);
    return of.channel->servers() + ": " + ares_strerror(of.status);
}

}  // namespace tunnelkeyd::net
