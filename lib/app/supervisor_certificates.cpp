#include "app/supervised.hpp"
#include "app/supervisor.hpp"

// The client certificates that the configuration names: when they end, and whose they are.
namespace tunnelkeyd::app {

/// Those of the configuration in force. Returns the files that hold another one than before.
std::vector<std::string> supervisor::watch_certificates() {
    certificate_users_.clear();
    std::set<std::string> files;
    for (auto* tunnel : configured_)
        if (const auto& file = tunnel->settings().instance.tls.client_certificate; !file.empty()) {
            files.insert(file);
            certificate_users_[file].push_back(tunnel);
        }
    if (const auto& file = config_->cloud.tls.client_certificate; !file.empty())
        files.insert(file);
    const auto now = world_.clock.now().steady;
    certificates_.watch(files, now);
    return certificates_.look(now);
}

void supervisor::look_at_users_of(const std::vector<std::string>& files) {
    for (const auto& file : files) {
        if (const auto users = certificate_users_.find(file); users != certificate_users_.end())
            for (auto* tunnel : users->second)
                look_at_health(*tunnel);
        if (file == config_->cloud.tls.client_certificate)
            look_at_organizations();
    }
}

void supervisor::look_at_certificates() {
    look_at_users_of(certificates_.look(world_.clock.now().steady));
}

/// Somebody looks who may just have renewed it.
void supervisor::look_at_certificates_of(const core::tunnel& tunnel) {
    const auto now = world_.clock.now().steady;
    certificates_.hurry(tunnel.instance.tls.client_certificate, now);
    certificates_.hurry(config_->cloud.tls.client_certificate, now);
    look_at_certificates();
    set_alarm();
}

/// Null where there is none, or it is not known.
const core::certificate* supervisor::certificate_of(const supervised& tunnel) const {
    return tunnel.configured ? certificates_.in(tunnel.settings().instance.tls.client_certificate) : nullptr;
}

const core::certificate* supervisor::certificate_for_cloud() const {
    return certificates_.in(config_->cloud.tls.client_certificate);
}

}  // namespace tunnelkeyd::app
