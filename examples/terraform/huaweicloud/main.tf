# A load balancer with an HTTP listener, two pools, members, a health monitor, and a policy that sends /api to the second
# pool. `terraform apply` makes it in a running Elbow; docs/clients.md says how.

terraform {
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud"
    }
  }
}

variable "elbow" {
  description = "Where Elbow serves, without a slash at the end"
  default     = "http://127.0.0.1:9696"
}

# The project and the access key are in elbow-data/credentials.json.
variable "project_id" {}
variable "access_key" {}
variable "secret_key" {
  sensitive = true
}

provider "huaweicloud" {
  region     = "local-1"
  project_id = var.project_id
  access_key = var.access_key
  secret_key = var.secret_key

  auth_url = "${var.elbow}/v3"
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

# The region that Elbow starts with has one VPC with four subnets.
data "huaweicloud_vpc_subnets" "local" {}

resource "huaweicloud_elb_loadbalancer" "web" {
  name              = "web"
  description       = "made by Terraform"
  availability_zone = ["local-1a"]
  ipv4_subnet_id    = data.huaweicloud_vpc_subnets.local.subnets[0].ipv4_subnet_id
  vpc_id            = data.huaweicloud_vpc_subnets.local.subnets[0].vpc_id
  cross_vpc_backend = true

  tags = {
    team = "web"
  }
}

resource "huaweicloud_elb_listener" "http" {
  name            = "http"
  loadbalancer_id = huaweicloud_elb_loadbalancer.web.id
  protocol        = "HTTP"
  protocol_port   = 8080
  default_pool_id = huaweicloud_elb_pool.web.id
}

resource "huaweicloud_elb_pool" "web" {
  name            = "web"
  loadbalancer_id = huaweicloud_elb_loadbalancer.web.id
  protocol        = "HTTP"
  lb_method       = "ROUND_ROBIN"

  persistence {
    type    = "HTTP_COOKIE"
    timeout = 10
  }
}

resource "huaweicloud_elb_member" "web" {
  for_each = {
    one   = { port = 8001, weight = 3 }
    two   = { port = 8002, weight = 1 }
    three = { port = 8003, weight = 2 }
  }
  name          = each.key
  pool_id       = huaweicloud_elb_pool.web.id
  address       = "127.0.0.1"
  protocol_port = each.value.port
  weight        = each.value.weight
}

resource "huaweicloud_elb_monitor" "web" {
  pool_id     = huaweicloud_elb_pool.web.id
  protocol    = "HTTP"
  interval    = 5
  timeout     = 3
  max_retries = 3
  url_path    = "/"
  status_code = "200-299"
}

resource "huaweicloud_elb_pool" "api" {
  name            = "api"
  loadbalancer_id = huaweicloud_elb_loadbalancer.web.id
  protocol        = "HTTP"
  lb_method       = "LEAST_CONNECTIONS"
}

resource "huaweicloud_elb_l7policy" "api" {
  name             = "api"
  listener_id      = huaweicloud_elb_listener.http.id
  action           = "REDIRECT_TO_POOL"
  redirect_pool_id = huaweicloud_elb_pool.api.id
}

resource "huaweicloud_elb_l7rule" "api" {
  l7policy_id  = huaweicloud_elb_l7policy.api.id
  type         = "PATH"
  compare_type = "STARTS_WITH"
  value        = "/api/"
}

output "address" {
  value = "${huaweicloud_elb_loadbalancer.web.ipv4_address}:${huaweicloud_elb_listener.http.protocol_port}"
}
