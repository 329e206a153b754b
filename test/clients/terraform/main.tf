# Every resource of the provider that Elbow takes part in. `requests.json` holds what the provider sent for it:
# an apply, a plan, an apply with suffix = "-changed", a plan, and a destroy. The certificates are those of test/data.

terraform {
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud"
    }
  }
}

variable "elbow" {}
variable "project_id" {}
variable "access_key" {}
variable "secret_key" {}
# Empty for the first apply; "changed" for the second, which updates everything in place.
variable "suffix" {
  default = ""
}

provider "huaweicloud" {
  region     = "local-1"
  project_id = var.project_id
  access_key = var.access_key
  secret_key = var.secret_key
  auth_url   = "${var.elbow}/v3"
  endpoints = {
    iam = "${var.elbow}/"
    elb = "${var.elbow}/"
    vpc = "${var.elbow}/"
    ecs = "${var.elbow}/"
    eps = "${var.elbow}/"
  }
  skip_check_website_type = true
  skip_check_upgrade      = true
  max_retries             = 0
}

data "huaweicloud_vpc_subnets" "local" {}

data "huaweicloud_elb_flavors" "l4" {
  type = "L4"
}

data "huaweicloud_elb_flavors" "l7" {
  type = "L7"
}

resource "huaweicloud_elb_loadbalancer" "all" {
  name                  = "all${var.suffix}"
  description           = var.suffix == "" ? "first" : ""
  availability_zone     = ["local-1a"]
  ipv4_subnet_id        = data.huaweicloud_vpc_subnets.local.subnets[0].ipv4_subnet_id
  vpc_id                = data.huaweicloud_vpc_subnets.local.subnets[0].vpc_id
  cross_vpc_backend     = true
  l7_flavor_id          = data.huaweicloud_elb_flavors.l7.flavors[0].id
  l4_flavor_id          = data.huaweicloud_elb_flavors.l4.flavors[0].id
  iptype                = "5_bgp"
  bandwidth_charge_mode = "traffic"
  sharetype             = "PER"
  bandwidth_size        = 5
  tags = {
    team  = "a b${var.suffix}"
    empty = ""
  }
}

resource "huaweicloud_elb_certificate" "server" {
  name        = "server"
  description = "d${var.suffix}"
  domain      = "a.example"
  certificate = file("leaf.pem")
  private_key = file("leaf.key.pem")
}

resource "huaweicloud_elb_certificate" "ca" {
  name        = "ca${var.suffix}"
  type        = "client"
  certificate = file("ca.pem")
}

resource "huaweicloud_elb_ipgroup" "inside" {
  name        = "inside"
  description = var.suffix
  ip_list {
    ip          = "10.0.0.0/8"
    description = "ten"
  }
  ip_list {
    ip = var.suffix == "" ? "192.0.2.1" : "192.0.2.2"
  }
}

resource "huaweicloud_elb_security_policy" "strict" {
  name        = "strict${var.suffix}"
  protocols   = ["TLSv1.2"]
  ciphers     = ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"]
  description = "d"
}


resource "huaweicloud_elb_listener" "https" {
  name                        = "https${var.suffix}"
  description                 = "d"
  loadbalancer_id             = huaweicloud_elb_loadbalancer.all.id
  protocol                    = "HTTPS"
  protocol_port               = 443
  server_certificate          = huaweicloud_elb_certificate.server.id
  ca_certificate              = huaweicloud_elb_certificate.ca.id
  security_policy_id          = huaweicloud_elb_security_policy.strict.id
  default_pool_id             = huaweicloud_elb_pool.web.id
  access_policy               = "white"
  ip_group                    = huaweicloud_elb_ipgroup.inside.id
  http2_enable                = true
  forward_eip                 = true
  forward_host                = false
  idle_timeout                = 30
  request_timeout             = 40
  response_timeout            = var.suffix == "" ? 50 : 60
  advanced_forwarding_enabled = true
  tags = {
    team = "listener${var.suffix}"
  }
}

resource "huaweicloud_elb_listener" "http" {
  name            = "http"
  loadbalancer_id = huaweicloud_elb_loadbalancer.all.id
  protocol        = "HTTP"
  protocol_port   = 80
}

resource "huaweicloud_elb_listener" "tcp" {
  name            = "tcp${var.suffix}"
  loadbalancer_id = huaweicloud_elb_loadbalancer.all.id
  protocol        = "TCP"
  protocol_port   = 9000
  default_pool_id = huaweicloud_elb_active_standby_pool.pair.id
}

resource "huaweicloud_elb_listener" "ranges" {
  name            = "ranges"
  loadbalancer_id = huaweicloud_elb_loadbalancer.all.id
  protocol        = "UDP"
  protocol_port   = 0
  port_ranges {
    start_port = 100
    end_port   = 110
  }
}

resource "huaweicloud_elb_pool" "web" {
  name                         = "web${var.suffix}"
  description                  = var.suffix == "" ? "first" : ""
  loadbalancer_id              = huaweicloud_elb_loadbalancer.all.id
  protocol                     = "HTTP"
  lb_method                    = "ROUND_ROBIN"
  slow_start_enabled           = true
  slow_start_duration          = 30
  minimum_healthy_member_count = 1
  dynamic "persistence" {
    for_each = var.suffix == "" ? [1] : []
    content {
      type        = "APP_COOKIE"
      cookie_name = "sid"
    }
  }
}

resource "huaweicloud_elb_pool" "bare" {
  loadbalancer_id = huaweicloud_elb_loadbalancer.all.id
  protocol        = "TCP"
  lb_method       = var.suffix == "" ? "LEAST_CONNECTIONS" : "SOURCE_IP"
}

resource "huaweicloud_elb_active_standby_pool" "pair" {
  name            = "pair"
  loadbalancer_id = huaweicloud_elb_loadbalancer.all.id
  protocol        = "TCP"
  lb_algorithm    = "ROUND_ROBIN"
  type            = "ip"
  members {
    address       = "127.0.0.1"
    role          = "master"
    protocol_port = 9001
  }
  members {
    address       = "127.0.0.1"
    role          = "slave"
    protocol_port = 9002
  }
  healthmonitor {
    type        = "TCP"
    delay       = 5
    timeout     = 3
    max_retries = 3
  }
}

resource "huaweicloud_elb_member" "ip" {
  pool_id       = huaweicloud_elb_pool.web.id
  address       = "127.0.0.1"
  protocol_port = 8001
  weight        = var.suffix == "" ? 3 : 100
}

resource "huaweicloud_elb_member" "server" {
  name          = "server${var.suffix}"
  pool_id       = huaweicloud_elb_pool.bare.id
  address       = cidrhost(data.huaweicloud_vpc_subnets.local.subnets[0].cidr, 200)
  subnet_id     = data.huaweicloud_vpc_subnets.local.subnets[0].ipv4_subnet_id
  protocol_port = 8002
}

resource "huaweicloud_elb_monitor" "web" {
  name             = "web${var.suffix}"
  pool_id          = huaweicloud_elb_pool.web.id
  protocol         = "HTTP"
  interval         = var.suffix == "" ? 30 : 20
  timeout          = 15
  max_retries      = 10
  max_retries_down = 8
  url_path         = "/bb"
  domain_name      = "www.bb.com"
  port             = 8888
  status_code      = "200,301,404-500,504"
  http_method      = "HEAD"
}

resource "huaweicloud_elb_l7policy" "pools" {
  name        = "pools${var.suffix}"
  description = "d"
  listener_id = huaweicloud_elb_listener.https.id
  action      = "REDIRECT_TO_POOL"
  priority    = 20
  redirect_pools_config {
    pool_id = huaweicloud_elb_pool.web.id
    weight  = 7
  }
  redirect_pools_sticky_session_config {
    enable  = true
    timeout = 100
  }
  redirect_pools_extend_config {
    rewrite_url_enabled = true
    rewrite_url_config {
      path = "/x"
    }
  }
}

resource "huaweicloud_elb_l7policy" "url" {
  name        = "url"
  listener_id = huaweicloud_elb_listener.https.id
  action      = "REDIRECT_TO_URL"
  priority    = 21
  redirect_url_config {
    status_code = var.suffix == "" ? "301" : "302"
    host        = "b.example"
    path        = "/y"
    query       = "a=b"
  }
}

resource "huaweicloud_elb_l7policy" "fixed" {
  name        = "fixed"
  listener_id = huaweicloud_elb_listener.https.id
  action      = "FIXED_RESPONSE"
  priority    = 22
  fixed_response_config {
    status_code  = "404"
    content_type = "text/plain"
    message_body = "gone${var.suffix}"
  }
}

resource "huaweicloud_elb_l7policy" "secure" {
  name                 = "secure"
  listener_id          = huaweicloud_elb_listener.http.id
  action               = "REDIRECT_TO_LISTENER"
  redirect_listener_id = huaweicloud_elb_listener.https.id
}

resource "huaweicloud_elb_l7rule" "path" {
  l7policy_id  = huaweicloud_elb_l7policy.pools.id
  type         = "PATH"
  compare_type = "STARTS_WITH"
  value        = "/a${var.suffix}"
}

resource "huaweicloud_elb_l7rule" "header" {
  l7policy_id  = huaweicloud_elb_l7policy.pools.id
  type         = "HEADER"
  compare_type = "EQUAL_TO"
  conditions {
    key   = "k"
    value = "v${var.suffix}"
  }
}

resource "huaweicloud_elb_l7rule" "host" {
  l7policy_id  = huaweicloud_elb_l7policy.url.id
  type         = "HOST_NAME"
  compare_type = "EQUAL_TO"
  value        = "old.example"
}

resource "huaweicloud_elb_l7rule" "method" {
  l7policy_id  = huaweicloud_elb_l7policy.fixed.id
  type         = "METHOD"
  compare_type = "EQUAL_TO"
  conditions {
    value = "DELETE"
  }
}
