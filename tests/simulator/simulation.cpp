#include "simulator/simulation.hpp"

#include "simulator/control_server.hpp"
#include "simulator/description.hpp"
#include "simulator/https_server.hpp"
#include "simulator/listen.hpp"
#include "simulator/next_steps.hpp"
#include "simulator/world.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

namespace asio = boost::asio;

/// Whatever is wrong with them, behind it they serve the cloud and the same instances.
std::vector<std::pair<std::string, listener>> bad_listeners(const certificate_authority& authority) {
    const auto wish = loopback_wish();
    auto expired = wish;
    expired.begin = -2;
    expired.end = -1;
    auto expiring = wish;
    expiring.end = 10;
    const certificate_wish elsewhere{"elsewhere.example", {"DNS:elsewhere.example"}};
    return {
        {"expired", {std::nullopt, 0, authority.issue(expired), false, ""}},
        {"expiring", {std::nullopt, 0, authority.issue(expiring), false, ""}},
        {"self_signed", {std::nullopt, 0, self_signed(wish), false, ""}},
        {"wrong_host", {std::nullopt, 0, authority.issue(elsewhere), false, ""}},
        {"tls_1_1", {std::nullopt, 0, authority.issue(wish), true, ""}},
        {"client_certificate", {std::nullopt, 0, authority.issue(wish), false, authority.pem()}},
    };
}

std::string local_url(const char* scheme, const char* host, std::uint16_t port) {
    return std::string(scheme) + "://" + host + ":" + std::to_string(port);
}

void populate(truth& all, inventory served) {
    for (auto& each : served.organizations)
        all.add(std::move(each));
    for (auto& each : served.tunnels)
        all.add(std::move(each));
}

/// One that nobody listens at now.
std::uint16_t free_port(asio::io_context& loop) {
    return listen_on_loopback(loop, 0).local_endpoint().port();
}

}  // namespace

/// The loop is declared after what its coroutines use, so that it ends first.
struct simulation::implementation {
    world all;
    asio::io_context loop{1};
    asio::steady_timer gate{loop, asio::steady_timer::time_point::max()};
    asio::signal_set signals{loop};
    std::string next_steps;
};

simulation::simulation(simulation_settings settings) : self_(std::make_unique<implementation>()) {
    auto& all = self_->all;
    auto& loop = self_->loop;
    auto& gate = self_->gate;
    std::filesystem::create_directories(settings.directory);
    settings.directory = std::filesystem::canonical(settings.directory);

    const certificate_authority authority;
    const auto identity = authority.issue(loopback_wish());
    addresses at;
    at.ca_file = settings.directory / "ca.pem";
    write_file(at.ca_file, authority.pem(), 0644);
    const auto listen = [&](const listener& wish) { return listen_https(loop, all, gate, wish); };
    at.cloud_url =
        local_url("https", "localhost", listen({side::cloud, settings.cloud_port, identity, false, ""}));
    at.instances_url =
        local_url("https", "localhost", listen({side::instance, settings.instance_port, identity, false, ""}));
    for (const auto& [name, wish] : bad_listeners(authority))
        at.bad_tls.emplace_back(name, listen(wish));
    at.control_url = local_url("http", "127.0.0.1", listen_control(loop, all, gate, settings.control_port));

    if (const auto& real = settings.rehearsed) {
        auto made = rehearse(*real, at, settings.directory, free_port(loop));
        populate(all.tunnels, std::move(made.served));
        self_->next_steps = simulator::next_steps(real->config, made, at);
    } else {
        populate(all.tunnels, generate_inventory(settings.generated, at.instances_url));
    }
    if (settings.configuration)
        write_configuration(all.tunnels, at, settings);
    if (settings.ends_on_signals) {
        self_->signals.add(SIGTERM);
        self_->signals.add(SIGINT);
        self_->signals.async_wait([&loop](const boost::system::error_code& error, int) {
            if (!error)
                loop.stop();
        });
    }
    write_file(settings.directory / "simulator.json", describe(all.tunnels, at), 0600);
}

simulation::~simulation() = default;

const std::string& simulation::next_steps() const {
    return self_->next_steps;
}

void simulation::run() {
    self_->loop.run();
}

void simulation::stop() {
    self_->loop.stop();
}

}  // namespace tunnelkeyd::simulator
